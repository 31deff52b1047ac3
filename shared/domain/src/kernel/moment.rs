//! The inputs of a decision from outside: the time, and bytes that cannot be guessed.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use ulid::Ulid;

/// A source of bytes that cannot be guessed. Production uses the source of the operating system.
pub trait Entropy: Send + Sync {
    /// Fills the whole slice.
    fn fill(&self, bytes: &mut [u8]);
}

/// The instant at which a request is decided. It stays the same while the request runs. Ids are
/// minted once, before the first attempt to write, so that a retry inside one request repeats the
/// same bytes.
#[derive(Clone)]
pub struct Moment {
    /// Time, to the millisecond.
    pub now: Timestamp,
    /// Time that people's authenticators show; it is `now` in every deployment.
    pub authenticator_now: Timestamp,
    entropy: Arc<dyn Entropy>,
}

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

impl Moment {
    /// Makes a moment at `now`, cut to milliseconds, so that the stored and the returned time are
    /// equal.
    pub fn new(now: Timestamp, entropy: Arc<dyn Entropy>) -> Self {
        let now = Timestamp::from_millisecond(now.as_millisecond())
            .expect("a timestamp cut to milliseconds stays in range");
        Self { now, authenticator_now: now, entropy }
    }

    /// Returns this moment with another time of people's authenticators.
    #[must_use]
    pub fn with_authenticators_at(self, authenticator_now: Timestamp) -> Self {
        Self { authenticator_now, ..self }
    }

    /// Returns `N` bytes that cannot be guessed.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes);
        bytes
    }

    /// Returns `length` letters and digits that cannot be guessed, 5.95 bits each.
    pub fn base62(&self, length: usize) -> String {
        let mut text = String::with_capacity(length);
        while text.len() < length {
            // 248 is the largest multiple of 62 in a byte; larger bytes would make some letters
            // more likely.
            let letters = self.bytes::<64>().into_iter().filter(|byte| *byte < 248);
            for byte in letters.take(length - text.len()) {
                text.push(char::from(BASE62[usize::from(byte % 62)]));
            }
        }
        text
    }

    /// Mints a ULID at this moment.
    pub fn ulid(&self) -> Ulid {
        let milliseconds = u64::try_from(self.now.as_millisecond()).unwrap_or(0);
        Ulid::from_parts(milliseconds, u128::from_be_bytes(self.bytes()))
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Moment({})", self.now)
    }
}
