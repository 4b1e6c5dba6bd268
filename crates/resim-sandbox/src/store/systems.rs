//! Systems.

use uuid::Uuid;

use super::model::{Architecture, Members, Resources, System};
use super::project::{Project, Write};
use crate::reply::Refusal;
use crate::rules::Rules;
use crate::wire::CreateSystem;

impl Project {
    /// Creates a system; names are unique.
    pub(crate) fn create_system(&mut self, write: &Write, body: CreateSystem) -> Result<Uuid, Refusal> {
        let CreateSystem {
            name,
            description,
            architecture,
            build_vcpus,
            build_gpus,
            build_memory_mib,
            build_shared_memory_mb,
            metrics_build_vcpus,
            metrics_build_gpus,
            metrics_build_memory_mib,
            metrics_build_shared_memory_mb,
        } = body;
        if name.is_empty() {
            return Err(Refusal::bad("name must not be empty"));
        }
        let architecture = match architecture.as_deref() {
            None | Some("AMD64") => Architecture::Amd64,
            Some("ARM64") => Architecture::Arm64,
            Some(other) => return Err(Refusal::bad(format!("architecture must be AMD64 or ARM64, not `{other}`"))),
        };
        if self.systems.values().any(|system| system.name == name) {
            return Err(write.name_taken("system", &name));
        }
        let id = write.fresh_id("system", self.id, &name, |id| self.systems.contains_key(&id));
        let system = System {
            id,
            name,
            description,
            architecture,
            build: Resources {
                vcpus: build_vcpus,
                gpus: build_gpus,
                memory_mib: build_memory_mib,
                shared_memory_mb: build_shared_memory_mb,
            },
            metrics_build: Resources {
                vcpus: metrics_build_vcpus,
                gpus: metrics_build_gpus,
                memory_mib: metrics_build_memory_mib,
                shared_memory_mb: metrics_build_shared_memory_mb,
            },
            stamp: write.stamp(),
            members: Members::none(),
        };
        self.systems.insert(id, system);
        Ok(id)
    }

    /// `numExperiences` of a system. A half that is not known counts as one, so that nobody takes the
    /// system for empty.
    pub(crate) fn experience_count(&self, rules: &Rules, system: &System) -> usize {
        let live = system.members.live.as_ref().map_or(1, std::collections::BTreeSet::len);
        let archived = if rules.count_archived { system.members.archived.as_ref().map_or(1, std::collections::BTreeSet::len) } else { 0 };
        live + archived
    }

    /// `numTestSuites` of a system.
    pub(crate) fn suite_count(&self, system: Uuid) -> usize {
        self.suites.values().filter(|suite| !suite.archived && suite.latest.system == system).count()
    }
}
