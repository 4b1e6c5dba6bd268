//! The query language of `search`, as far as it is published: `FIELD IN ("value", …)`, several joined by
//! `AND`.

use uuid::Uuid;

use crate::reply::Refusal;

/// What a field is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Clause {
    /// Carries one of these tags.
    Tag(Vec<Uuid>),
    /// Is registered with one of these systems.
    System(Vec<Uuid>),
    /// Is in the latest revision of one of these suites.
    Suite(Vec<Uuid>),
    /// Has one of these profiles.
    Profile(Vec<String>),
    /// Is archived, or not.
    Archived(Vec<bool>),
}

/// Parses an expression; an empty one selects everything.
pub(crate) fn parse(text: &str) -> Result<Vec<Clause>, Refusal> {
    let mut rest = Scanner { rest: text.trim() };
    let mut clauses = Vec::new();
    while !rest.rest.is_empty() {
        if !clauses.is_empty() {
            rest.keyword("AND")?;
        }
        clauses.push(rest.clause()?);
    }
    Ok(clauses)
}

struct Scanner<'a> {
    rest: &'a str,
}

impl<'a> Scanner<'a> {
    fn clause(&mut self) -> Result<Clause, Refusal> {
        let field = self.word();
        self.keyword("IN")?;
        let values = self.list()?;
        let ids = || {
            values
                .iter()
                .map(|value| Uuid::try_parse(value).map_err(|_| bad(&format!("{field} must be compared with UUIDs"))))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(match field {
            "tag_id" => Clause::Tag(ids()?),
            "system_id" => Clause::System(ids()?),
            "test_suite_id" => Clause::Suite(ids()?),
            "profile" => Clause::Profile(values.into_iter().map(str::to_owned).collect()),
            "archived" => Clause::Archived(
                values.iter().map(|value| value.parse().map_err(|_| bad("archived must be true or false"))).collect::<Result<_, _>>()?,
            ),
            _ => return Err(bad(&format!("unknown field `{field}`"))),
        })
    }

    fn word(&mut self) -> &'a str {
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        word
    }

    fn keyword(&mut self, keyword: &str) -> Result<(), Refusal> {
        if self.word().eq_ignore_ascii_case(keyword) { Ok(()) } else { Err(bad(&format!("expected {keyword}"))) }
    }

    fn punctuation(&mut self, expected: char) -> Result<(), Refusal> {
        match self.rest.strip_prefix(expected) {
            Some(rest) => {
                self.rest = rest.trim_start();
                Ok(())
            }
            None => Err(bad(&format!("expected {expected}"))),
        }
    }

    fn list(&mut self) -> Result<Vec<&'a str>, Refusal> {
        self.punctuation('(')?;
        let mut values = vec![self.value()?];
        while self.rest.starts_with(',') {
            self.punctuation(',')?;
            values.push(self.value()?);
        }
        self.punctuation(')')?;
        Ok(values)
    }

    fn value(&mut self) -> Result<&'a str, Refusal> {
        let Some(inner) = self.rest.strip_prefix('"') else {
            let word = self.word();
            return if word.is_empty() { Err(bad("expected a value in double quotes")) } else { Ok(word) };
        };
        let (value, rest) = inner.split_once('"').ok_or_else(|| bad("a quote is not closed"))?;
        self.rest = rest.trim_start();
        Ok(value)
    }
}

fn bad(what: &str) -> Refusal {
    Refusal::bad(format!("invalid search query: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "71b96a67-9990-426b-993e-0f3d9c6bbe48";

    #[test]
    fn published_form_is_understood() {
        let id = Uuid::try_parse(ID).unwrap();
        assert_eq!(parse(&format!("tag_id IN (\"{ID}\")")), Ok(vec![Clause::Tag(vec![id])]));
        assert_eq!(
            parse(&format!(" system_id in(\"{ID}\" , \"{ID}\") and profile IN (\"a b\",\"\") AND archived IN (true)")),
            Ok(vec![Clause::System(vec![id, id]), Clause::Profile(vec!["a b".to_owned(), String::new()]), Clause::Archived(vec![true])])
        );
        assert_eq!(parse("  "), Ok(vec![]));
    }

    #[test]
    fn everything_else_is_refused_without_a_panic() {
        for text in [
            "tag_id",
            "tag_id = \"x\"",
            "tag_id IN",
            "tag_id IN (",
            "tag_id IN ()",
            "tag_id IN (\"x\")",
            "tag_id IN (\"x",
            "color IN (\"red\")",
            "archived IN (\"maybe\")",
            "profile IN (\"a\") OR profile IN (\"b\")",
            "profile IN (\"a\") AND",
            "é IN (\"é\")",
            "profile IN (é)",
        ] {
            assert_eq!(parse(text).map_err(|refusal| refusal.status), Err(400), "{text}");
        }
    }
}
