//! What long work tells while it goes on. The program shows it as bars or lines; tests ignore it.

/// Somebody who wants to know how far long work is. Must not fail or block for long.
pub trait Progress: Sync {
    /// A stage begins: `reading ReSim`, `updating experiences`; `total` where it is known.
    fn begin(&self, stage: &str, total: Option<usize>);
    /// So many units of the stage are done by now.
    fn advance(&self, done: usize);
    /// The stage is over.
    fn end(&self);
}

/// Tells nobody.
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _stage: &str, _total: Option<usize>) {}
    fn advance(&self, _done: usize) {}
    fn end(&self) {}
}
