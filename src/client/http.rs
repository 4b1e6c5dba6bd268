//! The HTTP client that ReSim and GitHub share: proxies, certificates, time-outs.

use std::sync::Once;
use std::time::Duration;

use reqwest::Url;

use super::hosts::is_loopback;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Names the file of certificate authorities that holds instead of, or (off Linux) besides, the system's.
const CERTIFICATES_VARIABLE: &str = "SSL_CERT_FILE";

/// A client for requests to this host. It sends nothing twice, but for what an HTTP/2 server declares untouched. It follows no redirect, and takes proxies and certificates from the
/// environment and the system; loopback is reached directly, and unencrypted loopback needs no certificates.
///
/// # Errors
/// A fragment for people: no certificates, or a file of them that cannot be read.
pub(crate) fn http_client(base: &Url) -> Result<reqwest::Client, String> {
    install_crypto();
    let loopback = is_loopback(base);
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("resim-sync/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .https_only(!loopback);
    if loopback {
        builder = builder.no_proxy();
    }
    if base.scheme() == "http" {
        builder = builder.tls_certs_only([]);
    } else {
        builder = with_certificates(builder)?;
    }
    builder.build().map_err(|error| {
        let cause = super::transport::cause(&error);
        if cause.contains("No CA certificates") {
            format!("this system has no CA certificates: install them (package `ca-certificates`) or name a file of them in {CERTIFICATES_VARIABLE}")
        } else {
            format!("the HTTP client cannot be set up: {cause}")
        }
    })
}

/// One TLS provider for the process; whoever comes first installs it.
fn install_crypto() {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        // An error says that there is one already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

/// On Linux the system's store is read from that file by the TLS library itself; elsewhere it is added here.
fn with_certificates(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, String> {
    let Some(path) = std::env::var_os(CERTIFICATES_VARIABLE).filter(|path| !path.is_empty()) else {
        return Ok(builder);
    };
    let unusable = |why: String| format!("{CERTIFICATES_VARIABLE} names {}, which cannot be used: {why}", path.display());
    let bytes = std::fs::read(&path).map_err(|error| unusable(error.to_string()))?;
    if cfg!(all(unix, not(target_vendor = "apple"))) {
        return Ok(builder);
    }
    let certificates = reqwest::Certificate::from_pem_bundle(&bytes).map_err(|error| unusable(super::transport::cause(&error)))?;
    Ok(builder.tls_certs_merge(certificates))
}
