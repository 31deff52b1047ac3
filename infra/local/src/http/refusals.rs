//! The answers of the HTTP library to a request that it cannot read, in the form of the API.
//!
//! `hyper` answers 400, 414 or 431 without a body, for example to a `"` in a query, and has no way
//! to change that. So the answer is replaced on its way to the caller.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use domain::kernel::Code;
use local::GatewayResponse;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A connection that replaces the answers of the library.
pub(super) struct ExplainedRefusals<C> {
    connection: C,
    host: String,
    /// What is written in the place of an answer, and how much of it was written.
    replacement: Option<(Vec<u8>, usize)>,
}

impl<C> ExplainedRefusals<C> {
    pub(super) fn of(connection: C, host: String) -> Self {
        Self { connection, host, replacement: None }
    }
}

/// Returns what to write in the place of these bytes, if they are an answer of the library: the
/// server itself answers no such status without a body.
fn explained(bytes: &[u8], host: &str) -> Option<Vec<u8>> {
    let head = std::str::from_utf8(bytes).ok()?.to_ascii_lowercase();
    if !head.ends_with("\r\n\r\n") || !head.contains("\r\ncontent-length: 0\r\n") {
        return None;
    }
    let (status, reason, detail) = match head.get(..13)? {
        "http/1.1 400 " => (
            400,
            "Bad Request",
            "the request line or a header has a character that HTTP does not allow there; in a \
             query write \" as %22 and a space as %20",
        ),
        "http/1.1 414 " => (414, "URI Too Long", "the path and the query are too long"),
        "http/1.1 431 " => (
            431,
            "Request Header Fields Too Large",
            "the headers are too large; send fewer or shorter headers",
        ),
        _ => return None,
    };
    // No id was given to the request, because it could not be read.
    let response = GatewayResponse::problem(status, Code::InvalidRequest, detail, host, "unread");
    let head = format!(
        "HTTP/1.1 {status} {reason}\r\ncontent-type: application/problem+json\r\n\
         cache-control: no-store\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        response.body.len()
    );
    Some([head.as_bytes(), &response.body].concat())
}

impl<C: AsyncWrite + Unpin> AsyncWrite for ExplainedRefusals<C> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let Self { connection, host, replacement } = self.get_mut();
        if replacement.is_none() {
            *replacement = explained(bytes, host).map(|response| (response, 0));
        }
        let Some((response, written)) = replacement else {
            return Pin::new(connection).poll_write(context, bytes);
        };
        while *written < response.len() {
            *written +=
                ready!(Pin::new(&mut *connection).poll_write(context, &response[*written..]))?;
        }
        *replacement = None;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().connection).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().connection).poll_shutdown(context)
    }
}

impl<C: AsyncRead + Unpin> AsyncRead for ExplainedRefusals<C> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().connection).poll_read(context, buffer)
    }
}
