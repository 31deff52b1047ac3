//! The protocol against a double of clamd.

use std::time::Duration;

use scanner::{Clamd, ScanError, ScanTimeouts, ScanVerdict, Scanner};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The test file of all scanners; it is harmless (EICAR).
const EICAR: &[u8] = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";

/// What the double does with a connection.
#[derive(Clone, Copy)]
enum Behaviour {
    /// Reads the stream, and says whether it has the test file.
    Scan,
    /// Replies as soon as it has read so many bytes, and closes.
    Limit(usize),
    /// Reads, and never replies.
    Silent,
    /// Closes without a reply.
    Close,
    /// Replies with these bytes.
    Reply(&'static [u8]),
}

async fn serve(mut stream: TcpStream, behaviour: Behaviour) -> std::io::Result<()> {
    let mut command = [0; 10];
    stream.read_exact(&mut command).await?;
    assert_eq!(&command, b"zINSTREAM\0");
    let mut bytes = Vec::new();
    loop {
        let length = usize::try_from(stream.read_u32().await?).expect("64 bits");
        if length == 0 {
            break;
        }
        let begin = bytes.len();
        bytes.resize(begin + length, 0);
        stream.read_exact(&mut bytes[begin..]).await?;
        if let Behaviour::Limit(limit) = behaviour
            && bytes.len() > limit
        {
            stream.write_all(b"INSTREAM size limit exceeded. ERROR\0").await?;
            return stream.shutdown().await;
        }
    }
    let infected = bytes.windows(EICAR.len()).any(|window| window == EICAR);
    match behaviour {
        Behaviour::Scan if infected => {
            stream.write_all(b"stream: Win.Test.EICAR_HDB-1 FOUND\0").await
        }
        Behaviour::Scan | Behaviour::Limit(_) => stream.write_all(b"stream: OK\0").await,
        Behaviour::Silent => std::future::pending().await,
        Behaviour::Close => Ok(()),
        Behaviour::Reply(reply) => stream.write_all(reply).await,
    }
}

async fn double(behaviour: Behaviour) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, behaviour));
        }
    });
    address
}

async fn verdict(behaviour: Behaviour, bytes: &[u8]) -> ScanVerdict {
    let timeouts =
        ScanTimeouts { connect: Duration::from_secs(5), scan: Duration::from_millis(500) };
    Clamd::new(&double(behaviour).await, timeouts).scan(bytes).await
}

#[tokio::test]
async fn a_file_is_clean_or_infected() {
    let infected = ScanVerdict::Infected { signature: "Win.Test.EICAR_HDB-1".to_owned() };
    assert_eq!(verdict(Behaviour::Scan, EICAR).await, infected);
    assert_eq!(verdict(Behaviour::Scan, b"").await, ScanVerdict::Clean);
    // Across the border of two chunks.
    let mut bytes = vec![b' '; 64 * 1024 - 30];
    assert_eq!(verdict(Behaviour::Scan, &bytes).await, ScanVerdict::Clean);
    bytes.extend(EICAR);
    bytes.resize(300_000, b' ');
    assert_eq!(verdict(Behaviour::Scan, &bytes).await, infected);
}

/// Fault row 213. Without a verdict a file is not clean.
#[tokio::test]
async fn every_failure_is_unavailable() {
    let silent = verdict(Behaviour::Silent, b"a").await;
    assert_eq!(silent, ScanVerdict::Unavailable(ScanError::Timeout));
    let closed = verdict(Behaviour::Close, b"a").await;
    assert!(matches!(closed, ScanVerdict::Unavailable(ScanError::Unreachable(_))), "{closed:?}");
    let limited = verdict(Behaviour::Limit(100_000), &vec![0; 150_000]).await;
    let reply = ScanError::Reply("INSTREAM size limit exceeded. ERROR".to_owned());
    assert_eq!(limited, ScanVerdict::Unavailable(reply));
    for reply in [&b"stream: \0"[..], b"OK\0", b"PONG\0", &[0xff; 10_000]] {
        let verdict = verdict(Behaviour::Reply(reply), b"a").await;
        assert!(matches!(verdict, ScanVerdict::Unavailable(_)), "{verdict:?}");
    }
    // A port that was free a moment ago.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    drop(listener);
    let refused = Clamd::new(&address, ScanTimeouts::default()).scan(b"a").await;
    assert!(matches!(refused, ScanVerdict::Unavailable(ScanError::Unreachable(_))), "{refused:?}");
    let nowhere = Clamd::new("no port", ScanTimeouts::default()).scan(b"a").await;
    assert!(matches!(nowhere, ScanVerdict::Unavailable(ScanError::Unreachable(_))), "{nowhere:?}");
}
