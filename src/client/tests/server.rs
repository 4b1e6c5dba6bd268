//! A scripted HTTP server on loopback: answers as the test says, and keeps what it was sent.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Url;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: BTreeMap<String, String>,
    /// Names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

/// What must hold of all requests so far.
pub(crate) type Condition = Box<dyn Fn(&[Seen]) -> bool + Send + Sync>;

/// What the server does with a request.
pub(crate) enum Reply {
    Json(u16, Value),
    /// Status, headers, body.
    Raw(u16, Vec<(&'static str, String)>, String),
    /// The connection is closed without a word.
    Cut,
    /// Half of the answer, then the connection is closed.
    Half(Value),
    /// No answer while the test lasts.
    Hang,
    /// This answer, but not before what arrived so far is as it says.
    Once(Condition, Box<Reply>),
}

pub(crate) struct Server {
    pub(crate) url: Url,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Answers the n-th request (from 0) with what the function says.
    pub(crate) async fn start(reply: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, reply) = (seen.clone(), Arc::new(reply));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, reply) = (log.clone(), reply.clone());
                tokio::spawn(async move { serve(stream, &log, &*reply).await });
            }
        });
        Self { url, seen, task }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Requests with this path, or all for an empty one.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.seen().iter().filter(|seen| seen.path.contains(path)).count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One request per connection.
async fn serve(stream: TcpStream, log: &Mutex<Vec<Seen>>, reply: &(dyn Fn(&Seen, usize) -> Reply + Send + Sync)) {
    let mut stream = BufReader::new(stream);
    let Some(seen) = receive(&mut stream).await else { return };
    let number = {
        let mut log = log.lock().unwrap();
        log.push(seen.clone());
        log.len() - 1
    };
    let mut answer = reply(&seen, number);
    while let Reply::Once(condition, then) = answer {
        while !condition(&log.lock().unwrap()) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        answer = *then;
    }
    let answer = match answer {
        Reply::Once(..) => return,
        Reply::Json(status, value) => response(status, &[("content-type", "application/json".into())], &value.to_string()),
        Reply::Raw(status, headers, body) => response(status, &headers, &body),
        Reply::Cut => return,
        Reply::Half(value) => {
            let whole = response(200, &[("content-type", "application/json".into())], &value.to_string());
            whole[..whole.len() - value.to_string().len() / 2].to_owned()
        }
        Reply::Hang => std::future::pending().await,
    };
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

async fn receive(stream: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    let mut words = line.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let url = Url::parse("http://x/").unwrap().join(&target).ok()?;
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let query = url.query_pairs().into_owned().collect();
    Some(Seen { method, path: url.path().to_owned(), query, headers, body: String::from_utf8(body).unwrap() })
}

fn response(status: u16, headers: &[(&str, String)], body: &str) -> String {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len())
}
