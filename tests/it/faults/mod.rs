//! Nothing is lost: whatever goes wrong with whichever request, the run ends as the rules say, and the next one does
//! the rest.

mod cell;
mod classes;
mod combined;
mod journal;
mod kinds;
mod matrix;
mod meanwhile;
mod partial;
mod rules;
mod scenario;
mod undo;
