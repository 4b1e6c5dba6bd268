//! Config files in memory, and places in them.
//!
//! Every value read from a file keeps its [`Origin`], so that any later message can point at it.

use std::sync::Arc;

/// A half-open range of bytes in one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset one past the last byte.
    pub end: usize,
}

/// Index of a file in [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceId(pub usize);

/// Where a value stands: file and bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The file.
    pub source: SourceId,
    /// The bytes of the value in it.
    pub span: Span,
}

/// A value with the place it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub origin: Origin,
}

/// One config file: its path as shown to people, and its text.
#[derive(Clone, Debug)]
pub struct Source {
    /// As given by the user or matched by a glob, with forward slashes.
    pub path: String,
    /// The whole text, decoded as UTF-8, byte-order mark included; shared with the tree made from it.
    pub text: Arc<str>,
    /// As `u32`: files are limited far below its range, and a hostile one has a line for every byte.
    line_starts: Vec<u32>,
    /// How many characters begin before each whole multiple of [`STRIDE`] bytes, so that columns in a very
    /// long line cost little.
    characters: Vec<usize>,
}

const STRIDE: usize = 4096;

/// A place for people: both count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineColumn {
    /// Line number from 1.
    pub line: usize,
    /// Column from 1, in characters.
    pub column: usize,
}

impl Source {
    /// Keeps a text under the path by which it is shown.
    pub fn new(path: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        let mut line_starts = vec![0_u32];
        line_starts.extend(text.match_indices('\n').filter_map(|(at, _)| u32::try_from(at + 1).ok()));
        line_starts.shrink_to_fit();
        let mut total = 0;
        let characters = text.as_bytes().chunks(STRIDE).map(|chunk| {
            let before = total;
            total += count_characters(chunk);
            before
        });
        let characters = characters.collect();
        Self { path: path.into(), text, line_starts, characters }
    }

    /// The line and column of a byte offset; an offset past the end is the end.
    pub fn line_column(&self, offset: usize) -> LineColumn {
        let offset = offset.min(self.text.len());
        let line = self.line_of(offset);
        let start = self.line_start(line);
        let bom = usize::from(line == 1 && offset > 0 && self.text.starts_with('\u{feff}'));
        let column = self.characters_before(offset) - self.characters_before(start) - bom;
        LineColumn { line, column: column + 1 }
    }

    /// The line, from 1, of a byte offset; an offset past the end is the end.
    pub fn line_of(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start as usize <= offset)
    }

    fn characters_before(&self, offset: usize) -> usize {
        let stride = offset / STRIDE;
        let before = self.characters.get(stride).copied();
        // A text that ends with a whole stride has no entry after it.
        let (from, before) = before.map_or_else(
            || (stride.saturating_sub(1) * STRIDE, self.characters.last().copied().unwrap_or(0)),
            |before| (stride * STRIDE, before),
        );
        before + count_characters(&self.text.as_bytes()[from..offset])
    }

    /// The offset at which a line (from 1) begins; past the last line, the end.
    pub fn line_start(&self, line: usize) -> usize {
        self.line_starts.get(line - 1).map_or(self.text.len(), |start| *start as usize)
    }

    /// The text of a line (from 1) without its line end.
    pub fn line(&self, line: usize) -> &str {
        let start = self.line_start(line);
        let end = self.line_start(line + 1);
        self.text[start..end].trim_end_matches(['\n', '\r'])
    }
}

fn count_characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte as i8) >= -0x40).count()
}

/// All config files of one run, in the order in which they were given.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Adds a file and returns its handle.
    pub fn add(&mut self, source: Source) -> SourceId {
        self.files.push(source);
        SourceId(self.files.len() - 1)
    }

    /// The file behind a handle made by [`Sources::add`].
    pub fn get(&self, id: SourceId) -> &Source {
        &self.files[id.0]
    }

    /// All files with their handles, in order.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.files.iter().enumerate().map(|(index, source)| (SourceId(index), source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_without_the_byte_order_mark() {
        let source = Source::new("a", "\u{feff}äb\r\ncé".to_owned());
        let at = |offset| (source.line_column(offset).line, source.line_column(offset).column);
        assert_eq!([at(0), at(3), at(5), at(6)], [(1, 1), (1, 1), (1, 2), (1, 3)]);
        assert_eq!([at(8), at(9), at(11), at(99)], [(2, 1), (2, 2), (2, 3), (2, 3)]);
        assert_eq!((source.line(1), source.line(2), source.line(3)), ("\u{feff}äb", "cé", ""));
    }

    #[test]
    fn columns_in_long_lines_are_those_of_plain_counting() {
        for length in [STRIDE - 1, STRIDE, STRIDE + 1, 3 * STRIDE] {
            let text: String = "xé".chars().cycle().take(length).collect();
            let source = Source::new("a", text.clone());
            for (column, (offset, _)) in text.char_indices().enumerate().step_by(97) {
                assert_eq!(source.line_column(offset).column, column + 1);
            }
            assert_eq!(source.line_column(text.len()).column, length + 1);
        }
    }
}
