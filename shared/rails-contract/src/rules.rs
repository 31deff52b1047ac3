//! The rules of the contract for orders, the same for payouts and refunds.
//!
//! Each rule uses orders of its own. The number of calls in an order counts as a worker counts it.

use domain::kernel::{Failure, FailureCode};
use jiff::SignedDuration;
use rails::NetworkStatus;

use crate::order::{ContractOrder, OrderOutcome};
use crate::subject::Subject;
use crate::test_network::OrderCase;

/// The times after a submission at which a rule queries again. The last is past the window in which
/// a network executes an order.
const LATER: [SignedDuration; 3] =
    [SignedDuration::from_mins(1), SignedDuration::from_hours(1), SignedDuration::from_hours(13)];

/// The longest code of a network: `Max35Text` of ISO 20022.
const NETWORK_CODE_MAX: usize = 35;

/// Checks every rule.
pub(crate) async fn check<O: ContractOrder>(subject: &Subject<'_, O>) {
    for case in [OrderCase::Settled, OrderCase::Rejected, OrderCase::SettledLater] {
        unknown_order_is_none(subject, case).await;
        second_submission_executes_nothing(subject, case).await;
        query_reports_the_submission(subject, case).await;
    }
    let announcing = [OrderCase::SettledLater, OrderCase::RejectedLater, OrderCase::Returned];
    for case in announcing {
        announcement_is_later(subject, case).await;
    }
    rejected_order_never_settles(subject).await;
    for case in [OrderCase::Rejected, OrderCase::RejectedLater] {
        rejection_has_the_code_of_the_network(subject, case).await;
    }
    for case in [OrderCase::Settled, OrderCase::Returned] {
        return_is_stable(subject, case).await;
    }
    lost_response_is_found(subject).await;
    lost_order_can_be_submitted_again(subject).await;
}

/// A query of an order that was not submitted returns `None`, each time.
async fn unknown_order_is_none<O: ContractOrder>(subject: &Subject<'_, O>, case: OrderCase) {
    let Some(order) = subject.order(case) else { return };
    for _ in 0..2 {
        let status = query(subject, &order).await;
        assert!(status.is_none(), "{case:?}: the network has an order that was not submitted");
    }
    require_executions(subject, &order, 0, case);
}

/// A second submission of the same id executes nothing and reports the same.
async fn second_submission_executes_nothing<O: ContractOrder>(
    subject: &Subject<'_, O>,
    case: OrderCase,
) {
    let Some(order) = subject.order(case) else { return };
    let first = submit(subject, &order, case).await;
    require_case::<O>(&first, case);
    let second = submit(subject, &order.with_attempt(2), case).await;
    assert_eq!(first, second, "{case:?}: the second submission reports the same");
    require_executions(subject, &order, 1, case);
}

/// A query after the submission reports what the submission reported.
async fn query_reports_the_submission<O: ContractOrder>(subject: &Subject<'_, O>, case: OrderCase) {
    let Some(order) = subject.order(case) else { return };
    let submitted = submit(subject, &order, case).await;
    let queried = query(subject, &order.with_attempt(2)).await;
    assert_eq!(queried, Some(submitted), "{case:?}: the query reports the submission");
    require_executions(subject, &order, 1, case);
}

/// An announced update holds later than now.
async fn announcement_is_later<O: ContractOrder>(subject: &Subject<'_, O>, case: OrderCase) {
    let Some(order) = subject.order(case) else { return };
    let now = subject.clock.now();
    let status = submit(subject, &order, case).await;
    require_case::<O>(&status, case);
    let (at, _) = status.announced.expect("an announcement");
    assert!(at > now, "{case:?}: an announced update is later than now");
}

/// An order that the network rejected stays rejected, also after another submission.
async fn rejected_order_never_settles<O: ContractOrder>(subject: &Subject<'_, O>) {
    let case = OrderCase::Rejected;
    let Some(order) = subject.order(case) else { return };
    let first = submit(subject, &order, case).await;
    let again = submit(subject, &order.with_attempt(2), case).await;
    let mut statuses = vec![first, again];
    for (attempt, delay) in (3..).zip(LATER) {
        subject.clock.advance(delay);
        let status = query(subject, &order.with_attempt(attempt)).await;
        statuses.push(status.expect("the network does not forget an order"));
    }
    for status in &statuses {
        require_case::<O>(status, case);
        assert_eq!(status.announced, None, "a rejected order has no more updates");
        let settles = |outcome: &OrderOutcome| matches!(outcome, OrderOutcome::Settled(_));
        assert!(!O::outcomes(status).iter().any(settles), "a rejected order never settles");
    }
}

/// A rejection has the network's own code, the same in every response.
async fn rejection_has_the_code_of_the_network<O: ContractOrder>(
    subject: &Subject<'_, O>,
    case: OrderCase,
) {
    let Some(order) = subject.order(case) else { return };
    let submitted = submit(subject, &order, case).await;
    let queried = query(subject, &order.with_attempt(2)).await;
    let queried = queried.expect("the network does not forget an order");
    let reasons = [submitted, queried].map(|status| {
        let all = O::outcomes(&status).into_iter().chain(O::announced(&status));
        let reason = all.into_iter().find_map(|outcome| match outcome {
            OrderOutcome::Rejected(failure) => Some(failure),
            OrderOutcome::Accepted | OrderOutcome::Settled(_) | OrderOutcome::Returned(..) => None,
        });
        reason.expect("the environment produced the rejection")
    });
    assert_eq!(reasons[0], reasons[1], "{case:?}: the reason does not change");
    require_network_code(&reasons[0], case);
}

/// Checks that the rail kept the code of the network and did not map it away.
fn require_network_code(failure: &Failure, case: OrderCase) {
    let code = failure.network_code.as_deref().unwrap_or_default();
    let is_code = |text: &str| {
        (1..=NETWORK_CODE_MAX).contains(&text.len()) && text.chars().all(|it| it.is_ascii_graphic())
    };
    assert!(is_code(code), "{case:?}: {failure:?} has no code of the network");
    let of_spi = Failure::of_network(code);
    if of_spi.code != FailureCode::Unspecified {
        assert_eq!(*failure, of_spi, "{case:?}: the reason is the one of the code");
    }
}

fn is_rejected(outcome: &OrderOutcome) -> bool {
    matches!(outcome, OrderOutcome::Rejected(_))
}

/// Every response reports the same return: its id, and the amount of the order.
async fn return_is_stable<O: ContractOrder>(subject: &Subject<'_, O>, case: OrderCase) {
    let Some(order) = subject.order(case) else { return };
    let first = returns::<O>(&submit(subject, &order, case).await);
    for (attempt, delay) in (2..).zip(LATER) {
        subject.clock.advance(delay);
        let status = query(subject, &order.with_attempt(attempt)).await;
        let status = status.expect("the network does not forget an order");
        assert_eq!(returns::<O>(&status), first, "{case:?}: the return does not change");
    }
    for outcome in first {
        if let OrderOutcome::Returned(_, amount_cents, failure) = outcome {
            require_network_code(&failure, case);
            assert_eq!(amount_cents, order.identity().amount_cents, "the whole amount returns");
        }
    }
}

/// If the response is lost after the network accepted the order, a query finds the order, and another
/// submission executes nothing.
async fn lost_response_is_found<O: ContractOrder>(subject: &Subject<'_, O>) {
    let case = OrderCase::ResponseLost;
    let Some(order) = subject.order(case) else { return };
    subject.network.prepare(case);
    let response = subject.rail.submit(&order, subject.clock.now()).await;
    assert!(response.is_err(), "{case:?}: the response is lost");
    let found = query(subject, &order.with_attempt(2)).await;
    assert!(found.is_some(), "{case:?}: a query finds the order");
    if let Ok(status) = subject.rail.submit(&order.with_attempt(3), subject.clock.now()).await {
        assert_eq!(Some(status), found, "{case:?}: another submission reports the same");
    }
    require_executions(subject, &order, 1, case);
}

/// If the order is lost before the network received it, a query returns `None`, and another submission
/// executes the order once, even if the lost one arrives later.
async fn lost_order_can_be_submitted_again<O: ContractOrder>(subject: &Subject<'_, O>) {
    let case = OrderCase::OrderLost;
    let Some(order) = subject.order(case) else { return };
    subject.network.prepare(case);
    let response = subject.rail.submit(&order, subject.clock.now()).await;
    assert!(response.is_err(), "{case:?}: the submission gets no response");
    let missing = query(subject, &order.with_attempt(2)).await;
    assert!(missing.is_none(), "{case:?}: the network does not have the order");
    let submitted = submit(subject, &order.with_attempt(3), case).await;
    subject.network.deliver_lost();
    let found = query(subject, &order.with_attempt(4)).await;
    assert_eq!(found, Some(submitted), "{case:?}: the query reports the second submission");
    require_executions(subject, &order, 1, case);
}

async fn submit<O: ContractOrder>(
    subject: &Subject<'_, O>,
    order: &O,
    case: OrderCase,
) -> NetworkStatus<O::Update> {
    let response = subject.rail.submit(order, subject.clock.now()).await;
    response.unwrap_or_else(|cause| panic!("{case:?}: the network responds: {cause}"))
}

async fn query<O: ContractOrder>(
    subject: &Subject<'_, O>,
    order: &O,
) -> Option<NetworkStatus<O::Update>> {
    subject.rail.query(order, subject.clock.now()).await.expect("the network responds to a query")
}

/// Checks that the environment produced the case. Otherwise a rule would prove nothing.
fn require_case<O: ContractOrder>(status: &NetworkStatus<O::Update>, case: OrderCase) {
    let (outcomes, announced) = (O::outcomes(status), O::announced(status));
    let settles = |outcome: &OrderOutcome| matches!(outcome, OrderOutcome::Settled(_));
    let produced = match case {
        OrderCase::Settled | OrderCase::ResponseLost | OrderCase::OrderLost => {
            outcomes.iter().any(settles)
        }
        OrderCase::Rejected => outcomes.iter().any(is_rejected),
        OrderCase::SettledLater => announced.as_ref().is_some_and(settles),
        OrderCase::RejectedLater => announced.as_ref().is_some_and(is_rejected),
        OrderCase::Returned => matches!(announced, Some(OrderOutcome::Returned(..))),
    };
    assert!(produced, "{case:?}: the test environment reports {outcomes:?}, then {announced:?}");
}

/// Returns the outcomes of a status that carry the id of a return.
fn returns<O: ContractOrder>(status: &NetworkStatus<O::Update>) -> Vec<OrderOutcome> {
    let all = O::outcomes(status).into_iter().chain(O::announced(status));
    all.filter(|outcome| {
        matches!(outcome, OrderOutcome::Settled(Some(_)) | OrderOutcome::Returned(..))
    })
    .collect()
}

fn require_executions<O: ContractOrder>(
    subject: &Subject<'_, O>,
    order: &O,
    expected: usize,
    case: OrderCase,
) {
    let executions = subject.executions(order).unwrap_or(expected);
    assert_eq!(executions, expected, "{case:?}: the network executes the order this often");
}
