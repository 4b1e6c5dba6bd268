//! Whether connections are accepted. While they are not, the address stays taken, so that nobody else answers
//! under it.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

/// Connections that wait to be accepted at most.
const BACKLOG: u32 = 1024;

/// The wish to refuse connections, and how it is met.
#[derive(Debug)]
pub(crate) struct Door {
    /// Until when they are to be refused.
    wanted: watch::Sender<Option<Instant>>,
    /// Until when they are refused.
    shut: watch::Sender<Option<Instant>>,
    /// Requests that have no answer yet.
    busy: AtomicUsize,
}

/// A request under way.
pub(crate) struct Visit<'a>(&'a AtomicUsize);

impl Default for Door {
    fn default() -> Self {
        Self { wanted: watch::Sender::new(None), shut: watch::Sender::new(None), busy: AtomicUsize::new(0) }
    }
}

impl Door {
    /// Refuses connections for so long; returns as soon as it does.
    pub(crate) async fn shut(&self, time: Duration) {
        let now = Instant::now();
        let until = now.checked_add(time).unwrap_or(now);
        let mut shut = self.shut.subscribe();
        self.wanted.send_modify(|wanted| *wanted = (*wanted).max(Some(until)));
        // An error says that nobody accepts connections any more, which is as good.
        let _ = shut.wait_for(|shut| *shut >= Some(until)).await;
    }

    /// Refuses no connection any more.
    pub(crate) fn open(&self) {
        self.wanted.send_replace(None);
    }

    /// A request comes in.
    pub(crate) fn enter(&self) -> Visit<'_> {
        self.busy.fetch_add(1, Ordering::SeqCst);
        Visit(&self.busy)
    }

    /// Returns when connections are to be refused, with the end of that.
    pub(crate) async fn wanted(&self) -> Instant {
        let mut wanted = self.wanted.subscribe();
        match wanted.wait_for(|until| until.is_some_and(|until| until > Instant::now())).await.map(|until| *until) {
            Ok(Some(until)) => until,
            Ok(None) | Err(_) => std::future::pending().await,
        }
    }

    /// Gives up a listener until then, and all connections without a request, which know by [`Door::wanted`];
    /// returns another listener at the same address.
    pub(crate) async fn hold(&self, listener: TcpListener, connections: &mut JoinSet<()>, until: Instant) -> io::Result<TcpListener> {
        let address = listener.local_addr()?;
        drop(listener);
        let socket = bound(address, until).await?;
        while connections.len() > self.busy.load(Ordering::SeqCst) {
            connections.join_next().await;
        }
        self.shut.send_replace(Some(until));
        let mut wanted = self.wanted.subscribe();
        tokio::select! {
            () = sleep_until(until) => {}
            _ = wanted.wait_for(Option::is_none) => {}
        }
        socket.listen(BACKLOG)
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A socket that holds an address and takes no connection.
async fn bound(address: SocketAddr, until: Instant) -> io::Result<TcpSocket> {
    loop {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // Connections of before may still linger at the address. Where this means to share it, it is not needed.
        #[cfg(not(windows))]
        socket.set_reuseaddr(true)?;
        match socket.bind(address) {
            Ok(()) => return Ok(socket),
            // A process that is just being started holds copies of all sockets for a moment.
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && Instant::now() < until => sleep(Duration::from_millis(1)).await,
            Err(error) => return Err(error),
        }
    }
}
