//! HTTP/1.1 on loopback.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming as Body;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::delivery::Paced;
use crate::exchange::{Cut, exchange};
use crate::reply::{Refusal, Reply};
use crate::service::{Incoming, Service};

/// The largest body of a request.
const BODY_LIMIT: usize = 64 * 1024 * 1024;
/// The most bytes of a request's head.
const HEAD_LIMIT: usize = 64 * 1024;

/// Takes connections for as long as it is polled; they end with it.
pub(crate) async fn serve(mut listener: TcpListener, service: Arc<Service>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            until = service.door.wanted() => match service.door.hold(listener, &mut connections, until).await {
                Ok(next) => listener = next,
                // The address is lost, so nobody can be served any more.
                Err(_) => return,
            },
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, service.clone()));
                }
                // Out of file descriptors, or the client is gone: neither gets better by trying at once.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, service: Arc<Service>) {
    // A failure means a slower answer, nothing else.
    let _ = stream.set_nodelay(true);
    let serving = service.clone();
    let handler = service_fn(move |request| handle(serving.clone(), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(60))
        .max_buf_size(HEAD_LIMIT)
        .serve_connection(TokioIo::new(stream), handler);
    let mut connection = std::pin::pin!(connection);
    // An error is the client's: there is nobody to tell.
    tokio::select! {
        // First: an answer that is ready by now is to say that it is the last one.
        biased;
        _ = service.door.wanted() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
        _ = connection.as_mut() => {}
    }
}

async fn handle(service: Arc<Service>, request: Request<Body>) -> Result<Response<Paced>, Cut> {
    let _visit = service.door.enter();
    let (head, body) = request.into_parts();
    let text = |name: HeaderName| head.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    // A page in a browser must not reach this server under a name that was pointed at it.
    if text(HOST).is_some_and(|host| !is_local(&host)) {
        return Ok(refuse(421, "this server answers under loopback addresses only"));
    }
    let Ok(body) = Limited::new(body, BODY_LIMIT).collect().await else {
        return Ok(refuse(413, "the body is too large or broken"));
    };
    let request = Incoming {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        authorization: text(AUTHORIZATION),
        json_body: text(CONTENT_TYPE).is_some_and(|kind| kind.contains("json")),
        body: body.to_bytes().to_vec(),
    };
    exchange(service.clone(), request).await
}

fn refuse(status: u16, message: &str) -> Response<Paced> {
    let reply = Reply::from(Refusal { status, message: message.to_owned() });
    let built = Response::builder().status(status).header(CONTENT_TYPE, "application/json").body(Paced::whole(reply.body));
    built.unwrap_or_else(|_| Response::new(Paced::whole(Vec::new())))
}

/// Whether a `Host` names this machine.
fn is_local(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Binds the address, which must be one that other machines cannot reach.
pub(crate) async fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    if !address.ip().is_loopback() {
        return Err(format!("{address} is not a loopback address"));
    }
    TcpListener::bind(address).await.map_err(|error| format!("cannot listen on {address}: {error}"))
}
