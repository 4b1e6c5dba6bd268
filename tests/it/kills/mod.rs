//! An apply that is killed, at any of its writes, loses nothing and makes nothing twice.

mod at_every_write;
mod world;
