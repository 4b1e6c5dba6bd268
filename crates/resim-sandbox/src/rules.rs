//! Answers to questions that ReSim's documentation leaves open, each switchable.

/// How this server behaves where the real one's behaviour is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    /// Rows of a page whose size was not asked for.
    pub(crate) page_default: usize,
    /// The largest page of experiences.
    pub(crate) page_cap: Option<PageCap>,
    /// What page tokens point at.
    pub(crate) page_tokens: PageTokens,
    /// `nextPageToken` of a last page, but for suites, where it is documented as always a string.
    pub(crate) end_token: EndToken,
    /// Whether pages of experiences carry `total`.
    pub(crate) experience_total: bool,
    /// Direction of `orderBy=timestamp`.
    pub(crate) newest_first: bool,
    /// Whether members and suites are listed archived ones too where `archived` is absent.
    pub(crate) archived_default: ArchivedDefault,
    /// What a bulk addition does with a pair that is there.
    pub(crate) bulk_present: BulkPresent,
    /// The longest list of IDs in a bulk request.
    pub(crate) bulk_limit: Option<usize>,
    /// Whether an empty list of IDs in a bulk request is refused.
    pub(crate) empty_bulk: EmptyList,
    /// What tag and system IDs in an update do.
    pub(crate) mask_ids: MaskIds,
    /// What an update without a mask does.
    pub(crate) no_mask: NoMask,
    /// Whether a suite may be empty.
    pub(crate) empty_suite: EmptyList,
    /// Which experiences a suite may hold.
    pub(crate) suite_members: SuiteMembers,
    /// Whether a suite goes on listing members that were archived.
    pub(crate) suite_lists_archived: bool,
    /// Whether archiving a member makes a revision of its suites.
    pub(crate) archive_revises: bool,
    /// Whether a restored experience comes back into the suites that it left when archived.
    pub(crate) restore_rejoins: bool,
    /// Whether archived experiences keep tags and systems.
    pub(crate) archived_keep_members: bool,
    /// Status of a name that is taken.
    pub(crate) name_clash: u16,
    /// Among which experiences names are unique.
    pub(crate) unique_names: UniqueNames,
    /// What becomes of `search`.
    pub(crate) search: Search,
    /// Whether `archived` still holds next to `search`.
    pub(crate) search_archived: bool,
    /// How `name` filters.
    pub(crate) name_filter: NameFilter,
    /// Whether custom fields are answered sorted by name.
    pub(crate) custom_fields_sorted: bool,
    /// Whether locations and the values of custom fields are answered sorted.
    pub(crate) lists_sorted: bool,
    /// Whether suites are listed that were made ad hoc.
    pub(crate) lists_adhoc: bool,
    /// Whether archived experiences count in a system's `numExperiences`.
    pub(crate) count_archived: bool,
}

/// A largest page size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageCap {
    /// Rows.
    pub(crate) rows: usize,
    /// Whether a larger size is answered with this many rows instead of 400.
    pub(crate) clamps: bool,
}

/// What page tokens point at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PageTokens {
    /// The last row: rows that come or go meanwhile move nothing.
    Row,
    /// A number of rows: rows that come or go meanwhile double or hide others.
    Offset,
}

/// `nextPageToken` of a last page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndToken {
    /// `""`.
    Empty,
    /// `null`.
    Null,
    /// No such key.
    Absent,
}

/// What an absent `archived` lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ArchivedDefault {
    /// Live and archived ones.
    Both,
    /// Live ones.
    Live,
}

/// What a bulk addition does with a pair that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BulkPresent {
    /// Refuses all with 409.
    Conflict,
    /// Adds the others.
    Skip,
}

/// Whether an empty list is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EmptyList {
    /// Taken.
    Allowed,
    /// Refused with 400.
    Refused,
}

/// What tag and system IDs in an update do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MaskIds {
    /// They become all there are.
    Replace,
    /// They are added.
    Add,
}

/// What an update without a mask does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoMask {
    /// Sets the fields that are there.
    Present,
    /// Sets nothing.
    Nothing,
    /// Is refused with 400.
    Refused,
}

/// Which experiences a suite may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SuiteMembers {
    /// Any of the project.
    Any,
    /// Live ones; archived ones are refused with 400.
    Live,
    /// Those registered with its system; others are refused with 400.
    Registered,
}

/// Among which experiences names are unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UniqueNames {
    /// All.
    All,
    /// The live ones.
    Live,
    /// None.
    None,
}

/// What becomes of `search`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Search {
    /// It is understood.
    Supported,
    /// It selects everything.
    Ignored,
    /// 400.
    Refused,
}

/// How `name` filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NameFilter {
    /// Names that contain it, without regard to case.
    Contains,
    /// Names that begin with it.
    Prefix,
    /// The name itself.
    Exact,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            page_default: 100,
            page_cap: None,
            page_tokens: PageTokens::Row,
            end_token: EndToken::Empty,
            experience_total: true,
            newest_first: true,
            archived_default: ArchivedDefault::Both,
            bulk_present: BulkPresent::Conflict,
            bulk_limit: None,
            empty_bulk: EmptyList::Refused,
            mask_ids: MaskIds::Replace,
            no_mask: NoMask::Present,
            empty_suite: EmptyList::Allowed,
            suite_members: SuiteMembers::Any,
            suite_lists_archived: false,
            archive_revises: true,
            restore_rejoins: false,
            archived_keep_members: true,
            name_clash: 409,
            unique_names: UniqueNames::All,
            search: Search::Supported,
            search_archived: true,
            name_filter: NameFilter::Contains,
            custom_fields_sorted: true,
            lists_sorted: false,
            lists_adhoc: true,
            count_archived: false,
        }
    }
}
