//! One errand to the network: claim, speak, record. The same for whatever the network carries out.
//!
//! The claim is written before a word is said. Whoever dies after that leaves an order that the clock
//! sends somebody to ask about; nobody ever tells the network of an order that it might have without
//! asking first, and it knows an order by its own name.

use std::time::Duration;

use domain::{Books, Errand, Error, Moment, Remittance};
use edge::App;
use jiff::{SignedDuration, Timestamp};
use queue::OrderMessage;
use rails::{Answer, Network, NetworkOrder, Rail, Silence, Told};
use store::{Item, Key, Store};

use crate::Remitter;

/// How long the network has for one answer. Two of them, and the directory's between them, fit the run
/// of the function, and the run fits the claim.
const ANSWER_WITHIN: Duration = Duration::from_secs(7);
/// When an order is looked at again that is not to be told: the account is frozen, or the key is not
/// the beneficiary's any more.
const LOOKED_AT_AGAIN: SignedDuration = SignedDuration::from_mins(5);
/// How often what the network said is written again because somebody changed the books meanwhile.
/// What is not written then is asked for again: the network does not forget.
const RECORDS_AGAIN_MAX: usize = 20;

/// What follows for an order that the network does not have.
pub(crate) enum Verdict<N> {
    /// The network may be told of it.
    Goes,
    /// It does not go. One that was told before may still be on its way, whatever the network says
    /// now: it is not told again, and given up when it would not be taken any more.
    Refused(N),
    /// It is not known yet; at this time it is looked at again.
    Later(Timestamp),
}

/// A row behind which there is an order.
pub(crate) trait Remitted: Remittance + Item + Clone + Send + Sync {
    /// The order as the network is told of it.
    type Order: NetworkOrder<Notice = Self::Notice> + Send + Sync;
    /// What the network tells of it.
    type Notice: Clone + Send + Sync;

    /// Its row.
    fn key_of(message: OrderMessage) -> Result<Key, Error>;

    /// The version it was read with.
    fn version_mut(&mut self) -> &mut u64;

    /// The order; none when it was not let go.
    fn order(&self) -> Option<Self::Order>;

    /// The network that carries it out.
    fn rail(network: &dyn Network) -> &dyn Rail<Self::Order>;

    /// The end of one that the network never took.
    fn not_taken() -> Self::Notice;

    /// Whether the network says no with this.
    fn refuses(notice: &Self::Notice) -> bool;

    /// Looks at an order that the network does not have, before it is told.
    fn check(
        &self,
        remitter: &Remitter,
        moment: &Moment,
    ) -> impl Future<Output = Verdict<Self::Notice>> + Send;

    /// What is to be done once the network has taken it. Best effort.
    fn was_taken(&self, remitter: &Remitter, moment: &Moment) -> impl Future<Output = ()> + Send;

    /// Writes down what the network said, with everything that changes with it.
    fn take_in(
        self,
        store: &Store,
        told: &Told<Self::Notice>,
        moment: &Moment,
    ) -> impl Future<Output = Result<(), Error>> + Send;
}

/// What came of speaking to the network.
enum Word<N> {
    /// It said something of an order it has.
    Told(Told<N>),
    /// It said something when it was told of the order.
    Answered(Told<N>),
    /// It said nothing.
    Silent(Silence),
    /// It does not have the order and will not be told of it.
    Refused(Told<N>),
    /// It does not have the order and is not told of it before this time.
    PutOff(Errand, Timestamp),
}

impl<N> Word<N> {
    /// Whether it holds only as long as nobody else spoke to the network.
    fn is_ours(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::PutOff(..))
    }
}

/// Goes on the errand of a row, if there is one and nobody else is on it.
pub(crate) async fn go<R: Remitted>(
    remitter: &Remitter,
    message: OrderMessage,
) -> Result<(), Error> {
    let (app, store) = (remitter.app(), &remitter.app().store);
    let moment = app.moment();
    let mut row: R = find(store, message).await?;
    let Some(errand) = row.claim(moment.now) else { return Ok(()) };
    match store.replace(&row).await {
        Ok(()) => *row.version_mut() += 1,
        // Somebody else is on it. If it was this very claim and its answer was lost, the clock asks.
        Err(Error::Stale) => return Ok(()),
        Err(error) => return Err(error),
    }
    let word = speak(remitter, message, &row, errand, &moment).await?;
    if let Word::Silent(silence) = &word {
        let cause = Error::unavailable(silence.to_string());
        app.warn(&format!("{}: the network has to be asked again", message.subject), &cause);
    }
    record(app, message, row.clone(), &word).await?;
    if let Word::Answered(told) = &word
        && !told.now.iter().any(R::refuses)
    {
        row.was_taken(remitter, &moment).await;
    }
    Ok(())
}

async fn find<R: Remitted>(store: &Store, message: OrderMessage) -> Result<R, Error> {
    store.find(&R::key_of(message)?).await?.ok_or(Error::NotFound(R::KIND))
}

async fn speak<R: Remitted>(
    remitter: &Remitter,
    message: OrderMessage,
    row: &R,
    errand: Errand,
    moment: &Moment,
) -> Result<Word<R::Notice>, Error> {
    let order = row.order().ok_or_else(|| Error::internal("an order that was not let go"))?;
    let (rail, now) = (R::rail(&*remitter.network), moment.now);
    if errand == Errand::Ask {
        match in_time(rail.ask(&order, now)).await {
            Err(silence) => return Ok(Word::Silent(silence)),
            Ok(Some(told)) => return Ok(Word::Told(told)),
            Ok(None) => {}
        }
    }
    // The network does not have it, and nobody else tells it as long as the claim holds.
    if !row.may_still_be_taken(now) {
        return Ok(Word::Refused(Told::at_once(R::not_taken())));
    }
    match row.check(remitter, moment).await {
        Verdict::Goes => {}
        Verdict::Refused(notice) if errand == Errand::Submit => {
            return Ok(Word::Refused(Told::at_once(notice)));
        }
        Verdict::Refused(_) => return Ok(Word::PutOff(errand, now + LOOKED_AT_AGAIN)),
        Verdict::Later(at) => return Ok(Word::PutOff(errand, at)),
    }
    let books = remitter.app().store.find::<Books>(&Key::Books(message.account_id)).await?;
    if books.is_none_or(|books| books.must_move().is_err()) {
        return Ok(Word::PutOff(errand, now + LOOKED_AT_AGAIN));
    }
    Ok(match in_time(rail.submit(&order, now)).await {
        Err(silence) => Word::Silent(silence),
        Ok(told) => Word::Answered(told),
    })
}

async fn in_time<T>(answer: Answer<'_, T>) -> Result<T, Silence> {
    tokio::time::timeout(ANSWER_WITHIN, answer).await.unwrap_or(Err(Silence::TimedOut))
}

/// Writes down what the network said, over whatever else happens on the account.
async fn record<R: Remitted>(
    app: &App,
    message: OrderMessage,
    mut row: R,
    word: &Word<R::Notice>,
) -> Result<(), Error> {
    let (store, claimed) = (&app.store, *row.version_mut());
    for _ in 0..RECORDS_AGAIN_MAX {
        let moment = app.moment();
        let mut next = row.clone();
        let outcome = match word {
            Word::Told(told) | Word::Answered(told) | Word::Refused(told) => {
                next.take_in(store, told, &moment).await
            }
            Word::PutOff(errand, until) => {
                next.put_off(*errand, *until);
                store.replace(&next).await
            }
            // It has ended meanwhile: there is nothing left to ask.
            Word::Silent(_) if !next.is_under_way() => return Ok(()),
            Word::Silent(_) => {
                next.leave_open(moment.now);
                store.replace(&next).await
            }
        };
        match outcome {
            Err(Error::Stale) => {}
            done => return done,
        }
        row = find(store, message).await?;
        // Whoever took it up meanwhile may have told the network, and knows better.
        if word.is_ours() && *row.version_mut() != claimed {
            return Ok(());
        }
    }
    Err(Error::Stale)
}
