//! How the sandbox tells its stories: what is lost on the way, and what it says when.

use brazil::{EndToEndId, EndToEndIdKind};
use domain::Error;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use super::ISPB;
use crate::{Answer, Silence, Told};

/// What the network does with the order when it is told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Submission {
    /// It takes it and answers.
    Answered,
    /// It takes it, and the answer is lost.
    TimesOutAfterTaking,
    /// The order is lost on its way; told again, the network answers.
    TimesOutBeforeTaking,
}

impl Submission {
    /// What the network says when it is told of an order, the `attempt`th time it is spoken to.
    pub(super) fn told<'a, N: Send + 'a>(
        self,
        attempt: u32,
        story: impl FnOnce() -> Result<Told<N>, Silence>,
    ) -> Answer<'a, Told<N>> {
        let answer = match self {
            Self::TimesOutAfterTaking => Err(Silence::TimedOut),
            Self::TimesOutBeforeTaking if attempt <= 1 => Err(Silence::TimedOut),
            Self::Answered | Self::TimesOutBeforeTaking => story(),
        };
        Box::pin(std::future::ready(answer))
    }

    /// What it says when it is asked.
    pub(super) fn asked<'a, N: Send + 'a>(
        self,
        attempt: u32,
        story: impl FnOnce() -> Result<Told<N>, Silence>,
    ) -> Answer<'a, Option<Told<N>>> {
        let answer = match self {
            Self::TimesOutBeforeTaking if attempt <= 2 => Ok(None),
            _ => story().map(Some),
        };
        Box::pin(std::future::ready(answer))
    }
}

/// The steps of a story, each with the seconds after which it happens.
pub(super) fn tell<N>(
    steps: impl Iterator<Item = (u32, Result<N, Error>)>,
    now: Timestamp,
) -> Result<Told<N>, Silence> {
    let mut told = Told::default();
    for (after_seconds, notice) in steps {
        let at = now + SignedDuration::from_secs(i64::from(after_seconds));
        let notice = notice.map_err(|error| Silence::Broken(error.to_string()))?;
        if after_seconds == 0 {
            told.now.push(notice);
        } else {
            told.later = Some((at, notice));
        }
    }
    Ok(told)
}

/// The end-to-end id of a return, made of the order alone: told again, it is the same return.
pub(super) fn return_id(order_id: &str, since: Timestamp) -> Result<EndToEndId, Error> {
    let suffix = &order_id[order_id.len().saturating_sub(11)..];
    EndToEndId::mint(EndToEndIdKind::Return, ISPB, since, suffix).map_err(Error::internal)
}
