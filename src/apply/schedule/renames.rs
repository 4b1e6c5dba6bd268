//! In which order names may change hands.
//!
//! A rename, a creation and a restore wait for whoever leaves their name. Where these waits close to a
//! cycle, one member steps aside under a parking name first. Names are unique over archived experiences
//! too, so nobody ever waits for an archive.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::{ExperienceId, ExperienceName};
use crate::plan::{ExperienceAction, ExperienceChange};
use crate::snapshot::Snapshot;

/// One request about one experience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    /// Position of the change among those that were given.
    pub(super) change: usize,
    pub(super) kind: Kind,
    /// Positions of the nodes that must be done before.
    pub(super) needs: Vec<usize>,
    /// The cycle that the experience belongs to.
    pub(super) cycle: Option<usize>,
}

/// What a node asks for, in the order of the schedule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Restore,
    Park(ExperienceName),
    Update,
    Create,
}

/// All requests about experiences but archives: restores, parkings, updates, creations. What they need is
/// free of cycles, and no order that respects it gives a name to two experiences.
pub(super) fn order(changes: &[ExperienceChange], current: &Snapshot) -> Vec<Node> {
    let mut graph = Graph::new(changes, current);
    let mut taken: BTreeSet<ExperienceName> = current.experiences.values().map(|experience| experience.name.clone()).collect();
    taken.extend(changes.iter().map(|change| change.name.clone()));
    loop {
        let nodes = graph.nodes();
        let mut opened = false;
        for group in cyclic_groups(&nodes) {
            let members: BTreeSet<usize> = group.into_iter().map(|node| nodes[node].change).collect();
            opened |= graph.open(members, &mut taken);
        }
        // Parking every member leaves no cycle, so the last round finds nobody to park.
        if !opened {
            return nodes;
        }
    }
}

/// An experience's part in the changing of names.
struct Mover<'a> {
    id: Option<ExperienceId>,
    restored: bool,
    updated: bool,
    /// Its name before; absent for a new one.
    from: Option<&'a ExperienceName>,
    to: &'a ExperienceName,
    /// It cannot become live under its old name, because a live experience keeps that.
    renamed_first: bool,
    parking: Option<ExperienceName>,
    cycle: Option<usize>,
}

impl<'a> Mover<'a> {
    fn new(change: &'a ExperienceChange) -> Self {
        let to = &change.name;
        let (id, restored, fields) = match &change.action {
            ExperienceAction::Archive { id, reason: _ } => (Some(*id), false, None),
            ExperienceAction::Update { id, fields } => (Some(*id), false, Some(fields)),
            ExperienceAction::Restore { id, fields } => (Some(*id), true, fields.as_ref()),
            ExperienceAction::Create { settings: _ } => (None, false, None),
        };
        let from = id.map(|_| fields.and_then(|fields| fields.renamed_from()).unwrap_or(to));
        Self { id, restored, updated: fields.is_some(), from, to, renamed_first: false, parking: None, cycle: None }
    }

    fn leaves(&self) -> bool {
        self.from.is_some_and(|from| from != self.to)
    }

    fn kinds(&self) -> impl Iterator<Item = Kind> {
        let restore = self.restored.then_some(Kind::Restore);
        let park = self.parking.clone().map(Kind::Park);
        let update = self.updated.then_some(Kind::Update);
        let create = self.id.is_none().then_some(Kind::Create);
        restore.into_iter().chain(park).chain(update).chain(create)
    }
}

struct Graph<'a> {
    movers: Vec<Mover<'a>>,
    /// Who leaves each name.
    leavers: BTreeMap<&'a ExperienceName, Vec<usize>>,
    /// The members of each cycle.
    cycles: Vec<BTreeSet<usize>>,
}

impl<'a> Graph<'a> {
    fn new(changes: &'a [ExperienceChange], current: &Snapshot) -> Self {
        let mut movers: Vec<Mover<'a>> = changes.iter().map(Mover::new).collect();
        let mut leavers: BTreeMap<&ExperienceName, Vec<usize>> = BTreeMap::new();
        for (index, mover) in movers.iter().enumerate().filter(|(_, mover)| mover.leaves()) {
            if let Some(from) = mover.from {
                leavers.entry(from).or_default().push(index);
            }
        }
        let leaving: BTreeSet<ExperienceId> = movers.iter().filter(|mover| mover.leaves()).filter_map(|mover| mover.id).collect();
        let staying = current.experiences.iter().filter(|(id, experience)| !experience.archived && !leaving.contains(id));
        let kept: BTreeSet<&ExperienceName> = staying.map(|(_, experience)| &experience.name).collect();
        for mover in movers.iter_mut().filter(|mover| mover.restored && mover.leaves()) {
            mover.renamed_first = mover.from.is_some_and(|from| kept.contains(from));
        }
        Self { movers, leavers, cycles: Vec::new() }
    }

    /// Parks the member with the smallest ID that is not parked yet; false if there is none.
    fn open(&mut self, members: BTreeSet<usize>, taken: &mut BTreeSet<ExperienceName>) -> bool {
        let able = members.iter().filter(|member| self.movers[**member].leaves() && self.movers[**member].parking.is_none());
        let smallest = able.filter_map(|member| Some((self.movers[*member].id?, *member))).min();
        let Some((id, opener)) = smallest else { return false };
        let name = parking_name(self.movers[opener].to, id, taken);
        taken.insert(name.clone());
        self.movers[opener].parking = Some(name);
        for member in &members {
            self.movers[*member].cycle.get_or_insert(self.cycles.len());
        }
        self.cycles.push(members);
        true
    }

    fn nodes(&self) -> Vec<Node> {
        let mut nodes: Vec<Node> = Vec::new();
        for (change, mover) in self.movers.iter().enumerate() {
            nodes.extend(mover.kinds().map(|kind| Node { change, kind, needs: Vec::new(), cycle: mover.cycle }));
        }
        nodes.sort_by_key(|node| (rank(&node.kind), node.change));
        let places = Places::new(&nodes, self.movers.len());
        for node in &mut nodes {
            node.needs = self.needs(node, &places);
        }
        let parks = |node: &Node| matches!(node.kind, Kind::Park(_)).then(|| self.free_restores_of_cycle(node.change, &nodes, &places));
        let restores: Vec<Option<Vec<usize>>> = nodes.iter().map(parks).collect();
        for (node, restores) in nodes.iter_mut().zip(restores) {
            node.needs.extend(restores.into_iter().flatten());
        }
        nodes
    }

    fn needs(&self, node: &Node, places: &Places) -> Vec<usize> {
        let mover = &self.movers[node.change];
        let leavers_of = |name: Option<&ExperienceName>| {
            let leavers = name.and_then(|name| self.leavers.get(name)).map_or(&[][..], Vec::as_slice);
            leavers.iter().copied().filter(|leaver| *leaver != node.change)
        };
        let restored = || places.restore[node.change].filter(|_| !mover.renamed_first).into_iter();
        match &node.kind {
            Kind::Restore if mover.renamed_first => places.update[node.change].into_iter().collect(),
            // Archived namesakes can only become live one after the other.
            Kind::Restore => {
                let before = |leaver: &usize| {
                    let leaver = &self.movers[*leaver];
                    !leaver.restored || !mover.leaves() || leaver.id < mover.id
                };
                leavers_of(mover.from).filter(before).filter_map(|leaver| places.leave(leaver)).collect()
            }
            Kind::Park(_) => restored().collect(),
            Kind::Update => {
                let taken = mover.leaves().then_some(mover.to);
                let leavers = leavers_of(taken).filter_map(|leaver| places.leave(leaver));
                restored().chain(places.park[node.change]).chain(leavers).collect()
            }
            Kind::Create => leavers_of(Some(mover.to)).filter_map(|leaver| places.leave(leaver)).collect(),
        }
    }

    /// A cycle is better not opened before its restores are known to work.
    fn free_restores_of_cycle(&self, opener: usize, nodes: &[Node], places: &Places) -> Vec<usize> {
        let members = self.movers[opener].cycle.and_then(|cycle| self.cycles.get(cycle)).into_iter().flatten();
        let restores = members.filter(|member| **member != opener).filter_map(|member| places.restore[*member]);
        restores.filter(|restore| nodes[*restore].needs.is_empty()).collect()
    }
}

/// Where the nodes of each change stand.
struct Places {
    restore: Vec<Option<usize>>,
    park: Vec<Option<usize>>,
    update: Vec<Option<usize>>,
}

impl Places {
    fn new(nodes: &[Node], changes: usize) -> Self {
        let mut places = Self { restore: vec![None; changes], park: vec![None; changes], update: vec![None; changes] };
        for (at, node) in nodes.iter().enumerate() {
            match &node.kind {
                Kind::Restore => places.restore[node.change] = Some(at),
                Kind::Park(_) => places.park[node.change] = Some(at),
                Kind::Update => places.update[node.change] = Some(at),
                Kind::Create => {}
            }
        }
        places
    }

    /// The node after which the experience no longer has its old name.
    fn leave(&self, change: usize) -> Option<usize> {
        self.park[change].or(self.update[change])
    }
}

fn rank(kind: &Kind) -> u8 {
    match kind {
        Kind::Restore => 0,
        Kind::Park(_) => 1,
        Kind::Update => 2,
        Kind::Create => 3,
    }
}

fn parking_name(to: &ExperienceName, id: ExperienceId, taken: &BTreeSet<ExperienceName>) -> ExperienceName {
    let mut name = ExperienceName::new(format!("{to}~{}", id.short()));
    let mut suffix = 2_u64;
    while taken.contains(&name) {
        name = ExperienceName::new(format!("{to}~{}~{suffix}", id.short()));
        suffix += 1;
    }
    name
}

/// The nodes that stand on cycles (or between two of them), by connected groups.
fn cyclic_groups(nodes: &[Node]) -> Vec<Vec<usize>> {
    let forward: Vec<Vec<usize>> = nodes.iter().map(|node| node.needs.clone()).collect();
    let mut backward = vec![Vec::new(); nodes.len()];
    for (at, needs) in forward.iter().enumerate() {
        needs.iter().for_each(|need| backward[*need].push(at));
    }
    let mut inside = vec![true; nodes.len()];
    peel(&forward, &backward, &mut inside);
    peel(&backward, &forward, &mut inside);
    let mut groups = Vec::new();
    for start in 0..nodes.len() {
        if !inside[start] {
            continue;
        }
        inside[start] = false;
        let mut group = vec![start];
        let mut next = 0;
        while let Some(at) = group.get(next).copied() {
            for neighbour in forward[at].iter().chain(&backward[at]) {
                if std::mem::replace(&mut inside[*neighbour], false) {
                    group.push(*neighbour);
                }
            }
            next += 1;
        }
        groups.push(group);
    }
    groups
}

/// Takes out, one after the other, all nodes that have no edge to a node inside.
fn peel(edges: &[Vec<usize>], reverse: &[Vec<usize>], inside: &mut [bool]) {
    let mut open: Vec<usize> = edges.iter().map(|targets| targets.iter().filter(|target| inside[**target]).count()).collect();
    let mut free: Vec<usize> = (0..edges.len()).filter(|at| inside[*at] && open[*at] == 0).collect();
    while let Some(at) = free.pop() {
        inside[at] = false;
        for source in &reverse[at] {
            open[*source] -= 1;
            if inside[*source] && open[*source] == 0 {
                free.push(*source);
            }
        }
    }
}
