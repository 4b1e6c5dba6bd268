//! The embedded API over real sockets.

mod support;

mod basics;
mod conformance;
mod faults;
mod hardness;
mod states;
mod switches;
