use std::time::{Duration, Instant};

use super::pattern::{PathPattern, fits};
use super::*;
use crate::service::Incoming;

const PROJECT: &str = "00000000-0000-4000-8000-0000000000f0";

fn request(method: &str, path: &str, query: &str, body: &str) -> Incoming {
    Incoming {
        method: method.to_owned(),
        path: path.replace("P/", &format!("/v1/projects/{PROJECT}/")),
        query: query.to_owned(),
        authorization: None,
        json_body: true,
        body: body.as_bytes().to_vec(),
    }
}

#[test]
fn star_is_any_text_within_a_segment() {
    for (pattern, text, yes) in [
        ("a", "a", true),
        ("a", "ab", false),
        ("a*", "ab", true),
        ("*", "", true),
        ("*b", "ab", true),
        ("a*c*e", "abcde", true),
        ("a*c*e", "ace", true),
        ("a*a", "a", false),
        ("*ab*ab", "abab", true),
        ("*ab*ab", "ab", false),
        ("é*", "éa", true),
        ("", "", true),
        ("", "a", false),
    ] {
        assert_eq!(fits(pattern, text), yes, "{pattern} {text}");
    }
}

#[test]
fn path_is_meant_in_the_project_after_v1_or_whole() {
    let inside = format!("/v1/projects/{PROJECT}/experiences");
    let members = format!("/v1/projects/{PROJECT}/experienceTags/T/experiences");
    for (pattern, path, yes) in [
        ("experiences", inside.as_str(), true),
        ("experiences", members.as_str(), false),
        ("*/experiences", inside.as_str(), true),
        ("*/experiences", members.as_str(), false),
        ("**/experiences", members.as_str(), true),
        ("experienceTags/*/experiences", members.as_str(), true),
        ("projects/*/experiences", inside.as_str(), true),
        ("/v1/projects/*/experiences", inside.as_str(), true),
        ("/experiences", inside.as_str(), false),
        ("*", members.as_str(), true),
        ("projects", "/v1/projects", true),
        ("projects", inside.as_str(), false),
        ("oauth/token", "/oauth/token", true),
        ("experiences/**", inside.as_str(), true),
        ("experience*", inside.as_str(), true),
    ] {
        assert_eq!(PathPattern::new(pattern).fits(path), yes, "{pattern} {path}");
    }
    // Many double stars cost no exponential time.
    assert!(!PathPattern::new(&"**/a/".repeat(200)).fits(&"/a".repeat(150)));
}

#[test]
fn method_query_text_and_number_narrow_a_fault() {
    let hits = |spec: &str, requests: &[Incoming]| -> Vec<bool> {
        let mut faults = Faults::default();
        faults.add(Fault::parse(spec).unwrap());
        requests.iter().map(|request| !faults.meet(request, Instant::now()).is_empty()).collect()
    };
    let list = |query: &str| request("GET", "P/experiences", query, "");
    assert_eq!(
        hits("GET experiences?archived=true&pageToken=*=500", &[list("pageToken=x&archived=true"), list("archived=true"), list("")]),
        [true, false, false]
    );
    let create = |name: &str| request("POST", "P/experiences", "", name);
    assert_eq!(hits("POST experiences~b=500", &[create("a"), create("abc"), list("")]), [false, true, false]);
    assert_eq!(hits("POST experiences~\"a=#b\"#1=500", &[create("xa=#by"), create("a=#b")]), [true, false]);
    let four = [create("a"), create("a"), create("a"), create("a")];
    assert_eq!(hits("experiences#2=500", &four), [false, true, false, false]);
    assert_eq!(hits("experiences#2-3=500", &four), [false, true, true, false]);
    assert_eq!(hits("experiences#3-=500", &four), [false, false, true, true]);
    assert_eq!(hits("* experiences=500", &four), [true; 4]);
    let mixed = [list(""), create("a"), request("DELETE", "P/experiences/x", "", ""), request("POST", "/oauth/token", "", "")];
    assert_eq!(hits("WRITE projects/**=500", &mixed), [false, true, true, false]);
    assert_eq!(hits("WRITE projects/**#2=500", &mixed), [false, false, true, false]);
}

#[test]
fn every_kind_in_the_help_can_be_parsed() {
    for (form, _) in KINDS.iter().filter(|(form, _)| !form.is_empty()) {
        for form in form.split(", ") {
            let form = form.replace("METHOD PATH JSON", "POST experiences {}");
            assert!(Fault::parse(&format!("experiences={form}")).is_ok(), "{form}");
        }
    }
    assert_eq!(
        Kind::parse("429:7,date,after,message=a,b"),
        Ok(Kind::Fail(
            Failure::Status(Status { code: 429, body: ReplyBody::Json(Some("a,b".to_owned())), retry_after: Some(7), as_date: true }),
            Moment::After
        ))
    );
    assert_eq!(Kind::parse("latency:2s"), Ok(Kind::Latency(Duration::from_secs(2))));
}

#[test]
fn what_cannot_be_parsed_says_why() {
    for (spec, why) in [
        ("", "expected a path"),
        ("GET =500", "expected a path"),
        ("GRAB experiences=500", "unknown method"),
        ("experience=500", "no path begins with"),
        ("experiences", "expected =KIND"),
        ("experiences?a=500", "expected =KIND"),
        ("experiences?a", "needs a value"),
        ("experiences~\"a=500", "not closed"),
        ("experiences#0=500", "says nothing"),
        ("experiences#3-2=500", "says nothing"),
        ("experiences#x=500", "says nothing"),
        ("experiences=", "unknown kind"),
        ("experiences=399", "unknown kind"),
        ("experiences=429:soon", "unknown option"),
        ("experiences=latency", "after a colon"),
        ("experiences=latency:5", "not a duration"),
        ("experiences=latency:99999999999ms", "not a duration"),
        ("experiences=cut-after:1", "takes nothing"),
        ("experiences=rate:x", "not a number"),
        ("experiences=status:100", "not a status"),
        ("experiences=edit:GET x", "not an edit"),
        ("experiences=é:é", "unknown kind"),
    ] {
        let error = Fault::parse(spec).map(|_| ()).unwrap_err();
        assert!(error.contains(why), "{spec}: {error}");
    }
}

#[test]
fn rate_opens_again_after_its_window() {
    let mut faults = Faults::default();
    faults.add(Fault::parse("*=rate:1/2s").unwrap());
    let now = Instant::now();
    let limited =
        |faults: &mut Faults, after| !faults.meet(&request("GET", "/v1/projects", "", ""), now + Duration::from_secs(after)).is_empty();
    assert!(!limited(&mut faults, 0));
    assert!(limited(&mut faults, 1));
    assert!(!limited(&mut faults, 2));
}
