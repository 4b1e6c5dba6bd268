//! The embedded API over real sockets.

mod support;

mod basics;
mod faults;
