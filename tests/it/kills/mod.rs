//! An apply that is killed or stopped, at any of its writes, loses nothing and makes nothing twice.

mod at_every_write;
mod by_signal;
mod world;
