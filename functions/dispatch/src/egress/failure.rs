//! The reasons why a delivery got no answer.
//!
//! Customers read them in their delivery log, so they contain no text of a library, because it
//! could name addresses. Every detail is written here or in the guard.

use std::error::Error;
use std::fmt;
use std::io;
use std::iter;

use rustls::{AlertDescription, CertificateError};
use serde::{Deserialize, Serialize};

/// The reason why a delivery got no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The guard refused the URL, or every address of its name.
    Refused,
    /// The name has no address.
    NameNotFound,
    /// The resolver did not answer in time.
    NameTimeout,
    /// No address accepted a connection.
    ConnectionFailed,
    /// A connection without a TLS session.
    TlsFailed,
    /// No complete answer within the deadline.
    TimedOut,
    /// A connection that was closed before the answer was complete.
    ConnectionLost,
    /// The answer is not HTTP, or its headers are too large.
    BadAnswer,
    /// An internal error, which does not count against the endpoint.
    Internal,
}

impl FailureKind {
    /// All reasons.
    pub const ALL: [Self; 9] = [
        Self::Refused,
        Self::NameNotFound,
        Self::NameTimeout,
        Self::ConnectionFailed,
        Self::TlsFailed,
        Self::TimedOut,
        Self::ConnectionLost,
        Self::BadAnswer,
        Self::Internal,
    ];

    /// Returns the stable name in the API and the stored delivery, for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::NameNotFound => "name_not_found",
            Self::NameTimeout => "name_timeout",
            Self::ConnectionFailed => "connection_failed",
            Self::TlsFailed => "tls_failed",
            Self::TimedOut => "timed_out",
            Self::ConnectionLost => "connection_lost",
            Self::BadAnswer => "bad_answer",
            Self::Internal => "internal",
        }
    }
}

/// The reason why a delivery got no answer, for programs and for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryFailure {
    /// Reason for programs.
    pub kind: FailureKind,
    /// Text for people, without a secret or an address.
    pub detail: String,
}

impl DeliveryFailure {
    pub(super) fn new(kind: FailureKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }

    pub(super) fn timed_out() -> Self {
        Self::new(
            FailureKind::TimedOut,
            "no complete answer within 15 seconds; answer first and work afterwards",
        )
    }
}

/// A failure of the resolver on its way through the client, which boxes errors.
#[derive(Debug)]
pub(super) struct ResolutionError(DeliveryFailure);

impl ResolutionError {
    pub(super) fn boxed(kind: FailureKind, detail: &str) -> Box<dyn Error + Send + Sync> {
        Box::new(Self(DeliveryFailure::new(kind, detail)))
    }
}

impl fmt::Display for ResolutionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.detail)
    }
}

impl Error for ResolutionError {}

/// Finds the cause in an error of the client. The most specific cause wins, because the client
/// wraps it in several layers.
pub(super) fn from_client(error: &reqwest::Error) -> DeliveryFailure {
    for cause in causes(error) {
        if let Some(ResolutionError(failure)) = cause.downcast_ref() {
            return failure.clone();
        }
        if let Some(error) = cause.downcast_ref::<rustls::Error>() {
            return DeliveryFailure::new(FailureKind::TlsFailed, tls_detail(error));
        }
    }
    if error.is_timeout() {
        return DeliveryFailure::timed_out();
    }
    let is_ended = |kind| kind == io::ErrorKind::UnexpectedEof;
    let kinds = || causes(error).filter_map(|cause| cause.downcast_ref().map(io::Error::kind));
    if error.is_connect() {
        return if kinds().any(is_ended) {
            let detail = "the connection was closed during the TLS handshake";
            DeliveryFailure::new(FailureKind::TlsFailed, detail)
        } else {
            let detail = "Trilho could not connect to any address; check that the receiver listens, and check the firewall";
            DeliveryFailure::new(FailureKind::ConnectionFailed, detail)
        };
    }
    let is_parse =
        |cause: &(dyn Error + 'static)| cause.downcast_ref().is_some_and(hyper::Error::is_parse);
    // The client reports a broken chunk of a body in this way.
    let is_broken = |kind| matches!(kind, io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData);
    if causes(error).any(is_parse) || kinds().any(is_broken) {
        let detail = "the answer is not HTTP/1.1, or its headers are too large";
        return DeliveryFailure::new(FailureKind::BadAnswer, detail);
    }
    let detail = "the connection was closed before the answer was complete";
    DeliveryFailure::new(FailureKind::ConnectionLost, detail)
}

/// Returns the error and its sources. An I/O error that wraps another error skips it as a source
/// and returns the source of that one.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    iter::successors(Some(error), |&error| {
        match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        }
    })
}

fn tls_detail(error: &rustls::Error) -> &'static str {
    use rustls::Error as Tls;
    match error {
        Tls::InvalidCertificate(reason) => certificate_detail(reason),
        Tls::AlertReceived(AlertDescription::ProtocolVersion) | Tls::PeerIncompatible(_) => {
            "the server offers neither TLS 1.2 nor TLS 1.3 with a current cipher"
        }
        Tls::AlertReceived(_) => "the server aborted the TLS handshake",
        Tls::InvalidMessage(_) => "the server does not speak TLS on this port",
        Tls::NoCertificatesPresented => "the server presented no certificate",
        _ => "the TLS handshake failed",
    }
}

fn certificate_detail(reason: &CertificateError) -> &'static str {
    use CertificateError as Reason;
    match reason {
        Reason::Expired | Reason::ExpiredContext { .. } => "the certificate has expired",
        Reason::NotValidYet | Reason::NotValidYetContext { .. } => {
            "the certificate is not valid yet"
        }
        Reason::NotValidForName | Reason::NotValidForNameContext { .. } => {
            "the certificate is for another host name"
        }
        Reason::UnknownIssuer => {
            "no trusted authority signed the certificate: it is self-signed, or the server does not send the intermediate certificate"
        }
        Reason::Revoked => "the certificate is revoked",
        _ => "the certificate is not valid",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_what_is_stored() {
        for kind in FailureKind::ALL {
            let stored = serde_json::to_value(kind).expect("serializes");
            assert_eq!(stored, kind.as_str());
            assert_eq!(serde_json::from_value::<FailureKind>(stored).expect("a reason"), kind);
        }
    }
}
