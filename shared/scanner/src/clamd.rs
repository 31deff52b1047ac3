//! clamd over TCP, with its command `INSTREAM`.
//!
//! The protocol is the command, then chunks with their length before them, then a chunk of length 0; clamd replies
//! with one line. Each scan has a connection of its own. The connection is not encrypted, so clamd belongs into the
//! network of the functions.
//! <https://docs.clamav.net/manual/Usage/Scanning.html#clamd>

use std::io;
use std::time::Duration;

use async_trait::async_trait;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::{ScanError, ScanVerdict, Scanner, reply};

/// `z` ends commands and replies with a zero byte.
const COMMAND: &[u8] = b"zINSTREAM\0";
/// Bytes of a chunk.
const CHUNK: usize = 64 * 1024;
/// Longest reply that is read.
const REPLY_LENGTH_MAX: u64 = 4_096;

/// How long a scan may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScanTimeouts {
    /// Longest wait for the connection.
    pub connect: Duration,
    /// Longest time of the whole scan.
    pub scan: Duration,
}

impl Default for ScanTimeouts {
    /// Returns 3 seconds for the connection and 15 seconds in total. clamd scans 10 MB in a few seconds; a
    /// document with many objects takes longer.
    fn default() -> Self {
        Self { connect: Duration::from_secs(3), scan: Duration::from_secs(15) }
    }
}

/// The daemon of ClamAV at an address.
#[derive(Debug, Clone)]
pub struct Clamd {
    address: String,
    timeouts: ScanTimeouts,
}

impl Clamd {
    /// Returns the scanner at `host:port`.
    pub fn new(address: &str, timeouts: ScanTimeouts) -> Self {
        Self { address: address.to_owned(), timeouts }
    }

    async fn reply(&self, bytes: &[u8]) -> Result<Vec<u8>, ScanError> {
        let connecting = timeout(self.timeouts.connect, TcpStream::connect(&self.address));
        let mut stream = connecting.await.map_err(|_| ScanError::Timeout)?.map_err(unreachable)?;
        let sent = send(&mut stream, bytes).await;
        // clamd can reply and close before it has read everything, for example about the size.
        let mut reply = Vec::new();
        let read = (&mut stream).take(REPLY_LENGTH_MAX).read_to_end(&mut reply).await;
        match (reply.is_empty(), sent, read) {
            (false, ..) => Ok(reply),
            (true, Err(error), _) | (true, Ok(()), Err(error)) => Err(unreachable(error)),
            (true, Ok(()), Ok(_)) => Err(ScanError::Unreachable("no reply".to_owned())),
        }
    }
}

#[async_trait]
impl Scanner for Clamd {
    async fn scan(&self, bytes: &[u8]) -> ScanVerdict {
        match timeout(self.timeouts.scan, self.reply(bytes)).await {
            Ok(Ok(reply)) => reply::read(&reply),
            Ok(Err(error)) => ScanVerdict::Unavailable(error),
            Err(_) => ScanVerdict::Unavailable(ScanError::Timeout),
        }
    }
}

async fn send(stream: &mut TcpStream, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(COMMAND).await?;
    for chunk in bytes.chunks(CHUNK) {
        let length = u32::try_from(chunk.len()).map_err(io::Error::other)?;
        stream.write_all(&length.to_be_bytes()).await?;
        stream.write_all(chunk).await?;
    }
    stream.write_all(&0_u32.to_be_bytes()).await?;
    stream.flush().await
}

fn unreachable(error: io::Error) -> ScanError {
    ScanError::Unreachable(error.kind().to_string())
}
