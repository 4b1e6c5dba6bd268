//! From YAML files to [`Desired`](crate::desired::Desired), and back into the files in place.

pub mod yaml;
