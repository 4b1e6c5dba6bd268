//! What the requests of a run tell about repeats.

use serde_json::Value;

/// Writes that were sent too often, or that make two if sent twice and were sent again blindly.
pub(super) fn complaints(journal: &[Value], most: usize) -> Vec<String> {
    let mut complaints = Vec::new();
    for (at, write) in journal.iter().enumerate().filter(|(_, entry)| entry["method"] != "GET" && entry["path"] != "/oauth/token") {
        let earlier: Vec<usize> = (0..at).filter(|before| is_same(&journal[*before], write)).collect();
        if earlier.len() >= most {
            complaints.push(format!("{} {} was sent {} times", write["method"], write["path"], earlier.len() + 1));
        }
        let Some(last) = earlier.last() else { continue };
        let Some(is_lookup) = lookup(write) else { continue };
        // Everything else may have been done.
        let certain = matches!(journal[*last]["status"].as_u64(), Some(401 | 429));
        if !certain && !journal[last + 1..at].iter().any(is_lookup) {
            complaints.push(format!("{} {} was sent again blindly", write["method"], write["path"]));
        }
    }
    complaints
}

fn is_same(one: &Value, other: &Value) -> bool {
    ["method", "path", "request"].iter().all(|key| one[key] == other[key])
}

/// What must be asked before a request is sent again that makes two if it is sent twice.
fn lookup(write: &Value) -> Option<impl Fn(&Value) -> bool> {
    let path = write["path"].as_str().unwrap_or_default().to_owned();
    let segments: Vec<&str> = path.split('/').skip(4).collect();
    let (asked, query) = match (write["method"].as_str(), segments.as_slice()) {
        (Some("POST"), ["experiences"]) => (path.clone(), "name="),
        (Some("POST"), ["experienceTags" | "suites"]) | (Some("PATCH"), ["suites", _]) => (path.clone(), ""),
        (Some("POST"), ["suites", _, "restore"]) => (path.trim_end_matches("/restore").to_owned(), ""),
        _ => return None,
    };
    Some(move |entry: &Value| {
        entry["method"] == "GET" && entry["path"] == asked.as_str() && entry["query"].as_str().is_some_and(|text| text.contains(query))
    })
}
