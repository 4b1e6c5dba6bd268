//! The body of an answer on its way: whole, slow, or ending too early.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// Pieces of a slow body.
const PIECES: usize = 16;

/// A body that hyper sends.
#[derive(Debug)]
pub(crate) struct Paced {
    pieces: VecDeque<Bytes>,
    /// As announced, whatever really comes.
    length: u64,
    pause: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
    end: End,
}

/// How a body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Whole,
    Broken,
    Never,
}

impl Paced {
    /// All at once.
    pub(crate) fn whole(body: Vec<u8>) -> Self {
        let length = body.len() as u64;
        let pieces = if body.is_empty() { VecDeque::new() } else { VecDeque::from([Bytes::from(body)]) };
        Self { pieces, length, pause: Duration::ZERO, waiting: None, end: End::Whole }
    }

    /// Spread over a time.
    pub(crate) fn slow(body: Vec<u8>, over: Duration) -> Self {
        let size = body.len().div_ceil(PIECES).max(1);
        let pieces: VecDeque<Bytes> = body.chunks(size).map(Bytes::copy_from_slice).collect();
        let pause = over / u32::try_from(pieces.len().max(1)).unwrap_or(1);
        Self { pieces, pause, ..Self::whole(body) }
    }

    /// So many bytes of it, then the connection ends.
    pub(crate) fn truncated(body: Vec<u8>, bytes: Option<usize>) -> Self {
        Self::first(body, bytes, End::Broken)
    }

    /// Half of it, then nothing.
    pub(crate) fn stalled(body: Vec<u8>) -> Self {
        Self::first(body, None, End::Never)
    }

    fn first(body: Vec<u8>, bytes: Option<usize>, end: End) -> Self {
        // At least the last byte is missing.
        let kept = bytes.unwrap_or(body.len() / 2).min(body.len().saturating_sub(1));
        let piece = Bytes::copy_from_slice(body.get(..kept).unwrap_or_default());
        let pieces = if piece.is_empty() { VecDeque::new() } else { VecDeque::from([piece]) };
        // An empty body can break too: it promises a byte that never comes.
        let length = (body.len() as u64).max(1);
        Self { pieces, length, pause: Duration::ZERO, waiting: None, end }
    }
}

impl Body for Paced {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if !self.pause.is_zero() && !self.pieces.is_empty() {
            let pause = self.pause;
            let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(pause)));
            ready!(waiting.as_mut().poll(context));
            self.waiting = None;
        }
        match (self.pieces.pop_front(), self.end) {
            (Some(piece), _) => Poll::Ready(Some(Ok(Frame::data(piece)))),
            (None, End::Whole) => Poll::Ready(None),
            (None, End::Broken) => Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into()))),
            (None, End::Never) => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.is_empty() && self.end == End::Whole
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}
