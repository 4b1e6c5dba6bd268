//! A plan as one page that needs nothing but a browser: no network, no other file.
//!
//! Every row is in the page as text; the script only filters and folds, so that the page is whole without
//! it. A policy in the page allows the style and the script in it and nothing else.

mod page;
mod rows;

pub use page::{HtmlContext, render_html};

#[cfg(test)]
mod tests;
