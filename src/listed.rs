//! The names that an entry lists.

use std::ops::Index;

use crate::source::Origin;

/// Names, each once, sorted, with the first place of each. Most lists have one name or two and there are
/// two lists in every entry: a slice takes a tenth of what a map does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T>(Box<[(T, Origin)]>);

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self(Box::default())
    }
}

impl<T: Ord> Listed<T> {
    /// The names, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|(name, _)| name)
    }

    /// The names, sorted, with their places.
    pub fn iter(&self) -> impl Iterator<Item = (&T, &Origin)> {
        self.0.iter().map(|(name, origin)| (name, origin))
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no name is listed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Where a name is listed first, if it is.
    pub fn get(&self, name: &T) -> Option<&Origin> {
        let at = self.0.binary_search_by(|(listed, _)| listed.cmp(name)).ok()?;
        Some(&self.0[at].1)
    }

    /// Whether a name is listed.
    pub fn contains_key(&self, name: &T) -> bool {
        self.get(name).is_some()
    }
}

impl<T: Ord> Index<&T> for Listed<T> {
    type Output = Origin;

    /// The place of a name that is listed.
    fn index(&self, name: &T) -> &Origin {
        self.get(name).expect("callers ask for names that are listed")
    }
}

impl<T: Ord> FromIterator<(T, Origin)> for Listed<T> {
    fn from_iter<I: IntoIterator<Item = (T, Origin)>>(names: I) -> Self {
        let mut names: Vec<(T, Origin)> = names.into_iter().collect();
        // Stable: of equal names the first place stays.
        names.sort_by(|(one, _), (other, _)| one.cmp(other));
        names.dedup_by(|(again, _), (before, _)| again == before);
        Self(names.into_boxed_slice())
    }
}

impl<'a, T: Ord> IntoIterator for &'a Listed<T> {
    type Item = &'a (T, Origin);
    type IntoIter = std::slice::Iter<'a, (T, Origin)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceId, Span};

    fn at(start: usize) -> Origin {
        Origin { source: SourceId(0), span: Span { start, end: start } }
    }

    #[test]
    fn each_name_is_there_once_in_order_with_its_first_place() {
        let listed: Listed<&str> = [("b", at(1)), ("a", at(2)), ("b", at(3)), ("a", at(4))].into_iter().collect();
        assert_eq!(listed.iter().collect::<Vec<_>>(), [(&"a", &at(2)), (&"b", &at(1))]);
        assert_eq!((listed.len(), listed[&"b"]), (2, at(1)));
        assert!(listed.contains_key(&"a") && !listed.contains_key(&"c"));
    }
}
