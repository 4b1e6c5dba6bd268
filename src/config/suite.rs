//! One item of `managedTestSuites`: from its mapping to a [`DesiredSuite`].

use super::entry::listed;
use super::keys::SUITE;
use super::view::{Reader, brief};
use super::yaml::NodeId;
use crate::desired::DesiredSuite;
use crate::diagnostics::{Code, Diagnostic};
use crate::ids::{ExperienceName, SuiteName, SystemName};
use crate::source::Located;

impl Reader<'_> {
    /// Reads one item of `managedTestSuites`; `None` if it has no usable name.
    pub(crate) fn suite(&mut self, item: NodeId) -> Option<(SuiteName, DesiredSuite)> {
        let fields = self.mapping_item(&SUITE, "managedTestSuites", item)?;
        let present = |reader: &Self, name| reader.present(&SUITE, &fields, name);

        let name_field = present(self, "name");
        let name = name_field.and_then(|field| self.name(field));
        let at = name_field.map_or(fields.start, |field| self.document.origin(field.value));
        let who = || name.as_ref().map_or_else(|| "this test suite".to_owned(), |name| format!("test suite `{}`", brief(name.value)));
        self.require(&SUITE, &fields, who, at);

        let members = present(self, "experiences").map(|field| {
            let members = self.names(field);
            if members.is_empty() && self.is_empty_list(field.value) {
                let diagnostic =
                    Diagnostic::warning(Code::EmptyValue, self.document.origin(field.value), format!("{} has no members", who()));
                self.problems.push(diagnostic.help("applying this empties the suite; list the experiences that it is to hold"));
            }
            members
        });
        let system = present(self, "system").and_then(|field| self.name(field));
        let description = present(self, "description").and_then(|field| self.text(field));
        let name = name?;
        let suite = DesiredSuite {
            origin: name.origin,
            experiences: listed(&members.unwrap_or_default(), ExperienceName::new),
            system: system.map(|system| Located { value: SystemName::new(system.value), origin: system.origin }),
            description: description.map(|text| text.value.to_owned()),
        };
        Some((SuiteName::new(name.value), suite))
    }
}
