//! Any sequence of edits, applies, faults, kills and other people's edits, held against a model of ReSim that knows
//! nothing of the product.

mod config;
mod prediction;
mod run;
mod steps;
mod world;
