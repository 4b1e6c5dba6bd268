//! Proxies and certificates come from the environment, which a test cannot change for itself: each case runs
//! [`one_request`] in a process of its own.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use super::*;

const URL_VARIABLE: &str = "CLIENT_TEST_URL";
const STRANGER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/client/tests/tls/stranger.pem");
const AUTHORITY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/client/tests/tls/authority.pem");

/// Not a test of its own: asks the host in the environment for a project, and shows how that ended.
#[tokio::test]
#[ignore = "run by the tests below in a process of its own"]
#[expect(clippy::print_stdout, reason = "the other process reads it")]
async fn one_request() {
    let url = Url::parse(&std::env::var(URL_VARIABLE).unwrap()).unwrap();
    let session = match Session::connect_with(&options(&url), Timing { attempts: 2, ..quick() }).await {
        Ok(session) => session,
        Err(error) => return println!("\nfailed {error}"),
    };
    match session.open_project(PROJECT).await {
        Ok(resim) => println!("\nopened {}", resim.project().name),
        Err(ProjectError::Api(error)) => println!("\nfailed {error}\nhint {}", error.hint().unwrap_or_default()),
        Err(error) => println!("\nfailed {error}"),
    }
    println!("requests {}", session.traffic().requests);
}

fn ask(url: &str, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "client::tests::environment::one_request", "--ignored", "--nocapture"]);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command.env(URL_VARIABLE, url).env("SSL_CERT_FILE", AUTHORITY).envs(variables.iter().copied());
    let Output { status: _, stdout, stderr } = command.stdin(Stdio::null()).output().unwrap();
    let shown = String::from_utf8(stdout).unwrap();
    assert!(shown.contains("\nopened ") || shown.contains("\nfailed "), "{shown}{}", String::from_utf8_lossy(&stderr));
    shown
}

/// A proxy that tells the first line of what it is asked, and refuses.
fn proxy() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (tell, told) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let mut line = String::new();
            stream.read_line(&mut line).unwrap();
            if tell.send(line.trim().to_owned()).is_err() {
                return;
            }
            let _ = stream.get_mut().write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
    });
    (address, told)
}

fn answer(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// Answers every request with the project.
fn plain_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            read_head(&mut stream);
            let _ = stream.write_all(answer(&project_json().to_string()).as_bytes());
        }
    });
    url
}

/// The same over TLS, with a certificate of the test authority.
fn encrypted_server() -> String {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let certificate = CertificateDer::from(include_bytes!("tls/localhost.der").as_slice());
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(include_bytes!("tls/localhost.key.der").as_slice()));
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://localhost:{}/", listener.local_addr().unwrap().port());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = rustls::ServerConnection::new(config.clone()).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, stream.unwrap());
            read_head(&mut stream);
            let _ = stream.write_all(answer(&project_json().to_string()).as_bytes());
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    });
    url
}

fn read_head(stream: &mut impl std::io::Read) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            Ok(_) | Err(_) => return,
        }
    }
}

#[test]
fn https_goes_through_the_proxy() {
    let (proxy, told) = proxy();
    let shown = ask("https://resim.invalid/v1/", &[("HTTPS_PROXY", &proxy)]);
    assert_eq!(told.recv().unwrap(), "CONNECT resim.invalid:443 HTTP/1.1");
    assert!(shown.contains("failed GET …/projects/11111111…: cannot connect: resim.invalid: "), "{shown}");
    assert!(shown.contains("hint ") && shown.contains("HTTPS_PROXY"), "{shown}");
}

#[test]
fn no_proxy_is_honoured() {
    let (proxy, told) = proxy();
    let shown = ask("https://resim.invalid/v1/", &[("HTTPS_PROXY", &proxy), ("NO_PROXY", "other.example,resim.invalid")]);
    assert!(shown.contains("failed "), "{shown}");
    assert!(told.try_recv().is_err());
}

#[test]
fn loopback_is_reached_without_the_proxy_and_without_certificates() {
    let (proxy, told) = proxy();
    let nothing = if cfg!(unix) { "/dev/null" } else { "NUL" };
    let variables = [("HTTP_PROXY", &*proxy), ("ALL_PROXY", &proxy), ("SSL_CERT_FILE", nothing), ("SSL_CERT_DIR", nothing)];
    let shown = ask(&plain_server(), &variables);
    assert!(shown.contains("opened drones"), "{shown}");
    assert!(told.try_recv().is_err());
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "elsewhere the system decides, and may want more of an authority")]
fn the_authority_of_the_certificate_file_is_trusted() {
    let shown = ask(&encrypted_server(), &[]);
    assert!(shown.contains("opened drones"), "{shown}");
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "elsewhere the system's own authorities are there whatever the variables say")]
fn missing_certificates_are_named() {
    let shown = ask("https://resim.invalid/", &[("SSL_CERT_FILE", "/dev/null"), ("SSL_CERT_DIR", "/dev/null")]);
    assert!(shown.contains("this system has no CA certificates") && shown.contains("SSL_CERT_FILE"), "{shown}");
    let shown = ask("https://resim.invalid/", &[("SSL_CERT_FILE", "/no/such/file")]);
    assert!(shown.contains("SSL_CERT_FILE names /no/such/file, which cannot be used"), "{shown}");
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "elsewhere the system decides, and may want more of an authority")]
fn an_unknown_authority_is_refused_once_and_the_way_out_named() {
    let shown = ask(&encrypted_server(), &[("SSL_CERT_FILE", STRANGER)]);
    assert!(shown.contains("localhost:") && shown.contains("certificate"), "{shown}");
    assert!(shown.contains("name the file of its authority in SSL_CERT_FILE"), "{shown}");
    assert!(shown.contains("\nrequests 1\n"), "it would be the same again: {shown}");
}
