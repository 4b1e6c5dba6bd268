//! ReSim's deployments, and which URLs credentials may be sent to. Pure: nothing is looked up.

use reqwest::Url;
use url::Host;

/// Where production answers.
pub const PRODUCTION_API_URL: &str = "https://api.resim.ai/v1/";
/// Where production answers for `--govcloud`.
pub const GOVCLOUD_API_URL: &str = "https://api-gov.resim.ai/v1/";

const PRODUCTION_TENANT: &str = "resim.us.auth0.com";
const DEVELOPMENT_TENANT: &str = "resim-dev.us.auth0.com";
/// Customer deployments live below this.
const DEVELOPMENT_DOMAIN: &str = ".api.dev.resim.io";

/// The client IDs under which users log in with name and password: public, and fixed per tenant.
const PRODUCTION_CLIENT_ID: &str = "0Ip56H1LLAo6Dc6IfePaNzgpUxbJGyVI";
const DEVELOPMENT_CLIENT_ID: &str = "LLNl3xsbNLSd16gQyYsiEn3tbLDZo1gj";

/// The OAuth tenant of a known API host; `None` for every other host.
pub fn auth_url_for(api_url: &Url) -> Option<Url> {
    if api_url.scheme() != "https" || api_url.port().is_some() {
        return None;
    }
    let tenant = match api_url.host_str()? {
        "api.resim.ai" | "api-gov.resim.ai" => PRODUCTION_TENANT,
        "api.resim.io" => DEVELOPMENT_TENANT,
        host if host.ends_with(DEVELOPMENT_DOMAIN) => DEVELOPMENT_TENANT,
        _ => return None,
    };
    Url::parse(&format!("https://{tenant}/")).ok()
}

/// Whether credentials may be sent to this URL: `https`, or any loopback address.
///
/// # Errors
/// What is wrong with it, as a fragment that begins with its scheme and host; never its user info.
pub fn check_url(url: &Url) -> Result<(), String> {
    let Some(host) = url.host_str() else {
        return Err(format!("`{}:` is not a web address", url.scheme()));
    };
    let shown = format!("{}://{host}", url.scheme());
    if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(url)) {
        return Err(format!("`{shown}` is not https, and only loopback addresses may do without"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!("`{shown}` holds a user name or password: credentials have variables of their own"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(format!("`{shown}` has a `?` or `#` part, which a base address cannot have"));
    }
    Ok(())
}

/// Whether the host is this machine: 127.0.0.0/8, `::1` or `localhost`.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The public client ID for user name and password, which follows from the tenant. Loopback stands for production.
pub(crate) fn password_client_id(auth_url: &Url) -> Option<&'static str> {
    match auth_url.host_str()? {
        PRODUCTION_TENANT => Some(PRODUCTION_CLIENT_ID),
        DEVELOPMENT_TENANT => Some(DEVELOPMENT_CLIENT_ID),
        _ => is_loopback(auth_url).then_some(PRODUCTION_CLIENT_ID),
    }
}

/// The same URL with a path that ends in a slash, so that paths can be joined to it.
pub(crate) fn as_base(url: &Url) -> Url {
    let mut base = url.clone();
    if !base.path().ends_with('/') {
        base.set_path(&format!("{}/", base.path()));
    }
    base
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn known_hosts_have_their_tenant() {
        let tenant = |api: &str| auth_url_for(&url(api)).map(|url| url.to_string());
        assert_eq!(tenant(PRODUCTION_API_URL).as_deref(), Some("https://resim.us.auth0.com/"));
        assert_eq!(tenant(GOVCLOUD_API_URL).as_deref(), Some("https://resim.us.auth0.com/"));
        assert_eq!(tenant("https://api.resim.io/v1").as_deref(), Some("https://resim-dev.us.auth0.com/"));
        assert_eq!(tenant("https://arm.api.dev.resim.io/v1/").as_deref(), Some("https://resim-dev.us.auth0.com/"));
    }

    #[test]
    fn lookalike_hosts_have_no_tenant() {
        for api in [
            "https://api.resim.ai.example/v1/",
            "https://evilapi.dev.resim.io.example/",
            "https://xapi.resim.ai/",
            "http://api.resim.ai/v1/",
            "https://api.resim.ai:8443/v1/",
            "http://127.0.0.1:9/v1/",
        ] {
            assert_eq!(auth_url_for(&url(api)), None, "{api}");
        }
    }

    #[test]
    fn only_https_and_loopback_are_safe() {
        for good in
            ["https://a.example/", "http://127.0.0.1:80/", "http://127.9.9.9/", "http://[::1]:8/", "http://localhost:8/", "https://[::1]/"]
        {
            assert_eq!(check_url(&url(good)), Ok(()), "{good}");
        }
        for bad in [
            "http://a.example/",
            "http://128.0.0.1/",
            "http://localhost.example/",
            "http://[::2]/",
            "ftp://127.0.0.1/",
            "file:///etc/passwd",
            "https://u:hunter2@a.example/",
            "https://a.example/?x=1",
            "https://a.example/#x",
        ] {
            let problem = check_url(&url(bad)).unwrap_err();
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }

    #[test]
    fn password_needs_a_known_tenant() {
        assert_eq!(password_client_id(&url("https://resim.us.auth0.com/")), Some(PRODUCTION_CLIENT_ID));
        assert_eq!(password_client_id(&url("https://resim-dev.us.auth0.com")), Some(DEVELOPMENT_CLIENT_ID));
        assert_eq!(password_client_id(&url("http://127.0.0.1:1/")), Some(PRODUCTION_CLIENT_ID));
        assert_eq!(password_client_id(&url("https://resim.eu.auth0.com/")), None);
    }

    #[test]
    fn a_base_ends_in_a_slash() {
        assert_eq!(as_base(&url("https://a.example/v1")).as_str(), "https://a.example/v1/");
        assert_eq!(as_base(&url("https://a.example/v1/")).as_str(), "https://a.example/v1/");
    }
}
