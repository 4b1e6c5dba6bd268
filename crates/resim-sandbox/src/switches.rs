//! The switches: one table of names, values and effects.

use crate::auth::{AuthRules, PERMISSIONS, Permissions, Ttl};
use crate::rules::{
    ArchivedDefault, BulkPresent, EmptyList, EndToken, MaskIds, NameFilter, NoMask, PageCap, PageTokens, Rules, Search, SuiteMembers,
    UniqueNames,
};

/// What switches set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    /// Answers to open questions.
    pub(crate) rules: Rules,
    /// How tokens are issued and taken.
    pub(crate) auth: AuthRules,
    /// Whether the journal holds the bodies of answers.
    pub(crate) journal_answers: bool,
    /// Projects to add, empty.
    pub(crate) more_projects: Vec<String>,
}

/// A switch.
pub(crate) struct Switch {
    /// Before the equals sign.
    pub(crate) name: &'static str,
    /// After it, the default first.
    pub(crate) values: &'static str,
    /// What it is about.
    pub(crate) about: &'static str,
    /// Sets a value; `None` if it is not one of its values.
    set: fn(&mut Settings, &str) -> Option<()>,
}

/// All switches.
pub(crate) const SWITCHES: [Switch; 32] = [
    Switch {
        name: "page-cap",
        values: "none|N|N:clamp",
        about: "largest page of experiences: a larger one is refused, or cut to N",
        set: page_cap,
    },
    Switch { name: "page-default", values: "100|N", about: "rows of a page whose size is not asked for", set: page_default },
    Switch {
        name: "page-tokens",
        values: "row|offset",
        about: "what a token points at: with offset, rows that come or go meanwhile move the others",
        set: |to, value| pick(&mut to.rules.page_tokens, value, &[("row", PageTokens::Row), ("offset", PageTokens::Offset)]),
    },
    Switch {
        name: "end-token",
        values: "empty|null|absent",
        about: "nextPageToken of a last page (that of suites is always a string)",
        set: |to, value| {
            pick(&mut to.rules.end_token, value, &[("empty", EndToken::Empty), ("null", EndToken::Null), ("absent", EndToken::Absent)])
        },
    },
    Switch {
        name: "experience-total",
        values: "sent|absent",
        about: "whether pages of experiences carry total",
        set: |to, value| pick(&mut to.rules.experience_total, value, &[("sent", true), ("absent", false)]),
    },
    Switch {
        name: "timestamp-order",
        values: "newest|oldest",
        about: "which comes first under orderBy=timestamp",
        set: |to, value| pick(&mut to.rules.newest_first, value, &[("newest", true), ("oldest", false)]),
    },
    Switch {
        name: "archived-default",
        values: "both|live",
        about: "which members and suites are listed where archived is not sent",
        set: |to, value| pick(&mut to.rules.archived_default, value, &[("both", ArchivedDefault::Both), ("live", ArchivedDefault::Live)]),
    },
    Switch {
        name: "bulk-present",
        values: "conflict|skip",
        about: "a bulk request with a pair that is so already: 409 for all, or it is passed over",
        set: |to, value| pick(&mut to.rules.bulk_present, value, &[("conflict", BulkPresent::Conflict), ("skip", BulkPresent::Skip)]),
    },
    Switch {
        name: "bulk-limit",
        values: "none|N",
        about: "longest list of IDs in a bulk request; a longer one is refused",
        set: bulk_limit,
    },
    Switch {
        name: "empty-bulk",
        values: "refused|allowed",
        about: "a bulk request without IDs",
        set: |to, value| pick(&mut to.rules.empty_bulk, value, &EMPTY),
    },
    Switch {
        name: "mask-ids",
        values: "replace|add",
        about: "what experienceTagIDs and systemIDs in an update do",
        set: |to, value| pick(&mut to.rules.mask_ids, value, &[("replace", MaskIds::Replace), ("add", MaskIds::Add)]),
    },
    Switch {
        name: "no-mask",
        values: "present|nothing|refused",
        about: "an update without updateMask sets the fields that are there, or none, or is refused",
        set: |to, value| {
            pick(&mut to.rules.no_mask, value, &[("present", NoMask::Present), ("nothing", NoMask::Nothing), ("refused", NoMask::Refused)])
        },
    },
    Switch {
        name: "empty-suite",
        values: "allowed|refused",
        about: "a suite without members",
        set: |to, value| pick(&mut to.rules.empty_suite, value, &EMPTY),
    },
    Switch {
        name: "suite-members",
        values: "any|live|registered",
        about: "which experiences a suite takes: all, live ones, those registered with its system",
        set: |to, value| {
            pick(
                &mut to.rules.suite_members,
                value,
                &[("any", SuiteMembers::Any), ("live", SuiteMembers::Live), ("registered", SuiteMembers::Registered)],
            )
        },
    },
    Switch {
        name: "archived-in-suites",
        values: "dropped|listed",
        about: "whether a suite goes on listing members that were archived",
        set: |to, value| pick(&mut to.rules.suite_lists_archived, value, &[("dropped", false), ("listed", true)]),
    },
    Switch {
        name: "archive-revises",
        values: "yes|no",
        about: "whether archiving members makes a revision of their suites, one for each request",
        set: |to, value| pick(&mut to.rules.archive_revises, value, &YES_NO),
    },
    Switch {
        name: "restore-rejoins",
        values: "no|yes",
        about: "whether a restored experience is put back into the suites that dropped it",
        set: |to, value| pick(&mut to.rules.restore_rejoins, value, &YES_NO),
    },
    Switch {
        name: "archived-members",
        values: "kept|dropped",
        about: "whether an archived experience keeps its tags and systems",
        set: |to, value| pick(&mut to.rules.archived_keep_members, value, &[("kept", true), ("dropped", false)]),
    },
    Switch {
        name: "name-clash",
        values: "409|400",
        about: "status of a name that is taken",
        set: |to, value| pick(&mut to.rules.name_clash, value, &[("409", 409), ("400", 400)]),
    },
    Switch {
        name: "unique-names",
        values: "all|live|none",
        about: "among which experiences names are unique",
        set: |to, value| {
            pick(&mut to.rules.unique_names, value, &[("all", UniqueNames::All), ("live", UniqueNames::Live), ("none", UniqueNames::None)])
        },
    },
    Switch {
        name: "search",
        values: "supported|ignored|refused",
        about: "the parameter search: understood, without effect, or 400",
        set: |to, value| {
            pick(
                &mut to.rules.search,
                value,
                &[("supported", Search::Supported), ("ignored", Search::Ignored), ("refused", Search::Refused)],
            )
        },
    },
    Switch {
        name: "search-archived",
        values: "applies|ignored",
        about: "whether archived still holds next to search",
        set: |to, value| pick(&mut to.rules.search_archived, value, &[("applies", true), ("ignored", false)]),
    },
    Switch {
        name: "name-filter",
        values: "contains|prefix|exact",
        about: "how the parameter name filters",
        set: |to, value| {
            pick(
                &mut to.rules.name_filter,
                value,
                &[("contains", NameFilter::Contains), ("prefix", NameFilter::Prefix), ("exact", NameFilter::Exact)],
            )
        },
    },
    Switch {
        name: "custom-fields",
        values: "sorted|kept",
        about: "order in which custom fields are answered: by name, or as sent",
        set: |to, value| pick(&mut to.rules.custom_fields_sorted, value, &[("sorted", true), ("kept", false)]),
    },
    Switch {
        name: "lists",
        values: "kept|sorted",
        about: "order in which locations and values of custom fields are answered",
        set: |to, value| pick(&mut to.rules.lists_sorted, value, &[("kept", false), ("sorted", true)]),
    },
    Switch {
        name: "system-count",
        values: "live|all",
        about: "whether numExperiences of a system counts archived ones",
        set: |to, value| pick(&mut to.rules.count_archived, value, &[("live", false), ("all", true)]),
    },
    Switch {
        name: "adhoc-suites",
        values: "listed|hidden",
        about: "whether suites are listed that a revision with adhoc: true made ad hoc",
        set: |to, value| pick(&mut to.rules.lists_adhoc, value, &[("listed", true), ("hidden", false)]),
    },
    Switch { name: "token-ttl", values: "86400s|Ns|Nreq", about: "how long a token is good: N seconds, or N requests", set: token_ttl },
    Switch {
        name: "permissions",
        values: "all|absent|empty|late|SCOPE,SCOPE",
        about: "the claim permissions; late: only from the second token on; beyond a list all is 403",
        set: permissions,
    },
    Switch {
        name: "ready-tokens",
        values: "accepted|refused",
        about: "whether a bearer token is good that was not issued here (one that begins with `wrong` never is)",
        set: |to, value| pick(&mut to.auth.ready_tokens, value, &[("accepted", true), ("refused", false)]),
    },
    Switch { name: "also-project", values: "NAME", about: "adds an empty project; can be given several times", set: also_project },
    Switch {
        name: "journal-answers",
        values: "no|yes",
        about: "whether the journal holds the bodies of answers",
        set: |to, value| pick(&mut to.journal_answers, value, &YES_NO),
    },
];

const YES_NO: [(&str, bool); 2] = [("yes", true), ("no", false)];
const EMPTY: [(&str, EmptyList); 2] = [("allowed", EmptyList::Allowed), ("refused", EmptyList::Refused)];

impl Settings {
    /// Applies a specification if its name is that of a switch.
    pub(crate) fn apply(&mut self, text: &str) -> Option<Result<(), String>> {
        let (name, value) = text.split_once('=')?;
        let switch = SWITCHES.iter().find(|switch| switch.name == name.trim())?;
        Some((switch.set)(self, value.trim()).ok_or_else(|| format!("`{value}` is no value of {name}: {}", switch.values)))
    }
}

fn pick<T: Copy>(to: &mut T, value: &str, known: &[(&str, T)]) -> Option<()> {
    let (_, found) = known.iter().find(|(word, _)| *word == value)?;
    *to = *found;
    Some(())
}

fn positive(text: &str) -> Option<usize> {
    text.parse().ok().filter(|number| *number > 0)
}

fn page_cap(to: &mut Settings, value: &str) -> Option<()> {
    to.rules.page_cap = match value.split_once(':') {
        None if value == "none" => None,
        None => Some(PageCap { rows: positive(value)?, clamps: false }),
        Some((rows, "clamp")) => Some(PageCap { rows: positive(rows)?, clamps: true }),
        Some(_) => return None,
    };
    Some(())
}

fn page_default(to: &mut Settings, value: &str) -> Option<()> {
    to.rules.page_default = positive(value).filter(|rows| *rows <= 100)?;
    Some(())
}

fn bulk_limit(to: &mut Settings, value: &str) -> Option<()> {
    to.rules.bulk_limit = if value == "none" { None } else { Some(positive(value)?) };
    Some(())
}

fn token_ttl(to: &mut Settings, value: &str) -> Option<()> {
    to.auth.ttl = match (value.strip_suffix("req"), value.strip_suffix('s')) {
        (Some(requests), _) => Ttl::Requests(requests.parse().ok()?),
        (None, Some(seconds)) => Ttl::Seconds(seconds.parse().ok()?),
        (None, None) => return None,
    };
    Some(())
}

fn permissions(to: &mut Settings, value: &str) -> Option<()> {
    to.auth.permissions = match value {
        "all" => Permissions::all(),
        "absent" => Permissions::Absent,
        "empty" => Permissions::Empty,
        "late" => Permissions::Late,
        list => {
            let scopes: Vec<String> = list.split(',').map(|scope| scope.trim().to_owned()).collect();
            if !scopes.iter().all(|scope| PERMISSIONS.contains(&scope.as_str())) {
                return None;
            }
            Permissions::Listed(scopes)
        }
    };
    Some(())
}

fn also_project(to: &mut Settings, value: &str) -> Option<()> {
    if value.is_empty() {
        return None;
    }
    to.more_projects.push(value.to_owned());
    Some(())
}
