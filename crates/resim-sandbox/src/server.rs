//! HTTP/1.1 on loopback.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming as Body};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::reply::{Refusal, Reply};
use crate::service::{Incoming, Service};

/// The largest body of a request.
const BODY_LIMIT: usize = 64 * 1024 * 1024;
/// The most bytes of a request's head.
const HEAD_LIMIT: usize = 64 * 1024;

/// Takes connections for as long as it is polled; they end with it.
pub(crate) async fn serve(listener: TcpListener, service: Arc<Service>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
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
    let handler = service_fn(move |request| handle(service.clone(), request));
    // An error is the client's: there is nobody to tell.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(60))
        .max_buf_size(HEAD_LIMIT)
        .serve_connection(TokioIo::new(stream), handler)
        .await;
}

async fn handle(service: Arc<Service>, request: Request<Body>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let text = |name: HeaderName| head.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let reply = match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => service.answer(&Incoming {
            method: head.method.as_str().to_owned(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            authorization: text(AUTHORIZATION),
            json_body: text(CONTENT_TYPE).is_some_and(|kind| kind.contains("json")),
            body: body.to_bytes().to_vec(),
        }),
        Err(_) => Refusal { status: 413, message: "the body is too large or broken".to_owned() }.into(),
    };
    Ok(respond(reply))
}

fn respond(reply: Reply) -> Response<Full<Bytes>> {
    let Reply { status, body } = reply;
    let built = Response::builder().status(status).header(CONTENT_TYPE, "application/json").body(Full::new(Bytes::from(body)));
    built.unwrap_or_else(|_| Response::new(Full::default()))
}

/// Binds the address, which must be one that other machines cannot reach.
pub(crate) async fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    if !address.ip().is_loopback() {
        return Err(format!("{address} is not a loopback address"));
    }
    TcpListener::bind(address).await.map_err(|error| format!("cannot listen on {address}: {error}"))
}
