//! One busy endpoint does not make others wait. `make bench` plays the first at full length.

use tests::fairness::{Delays, Scene, play};

const ALONE: Scene = Scene {
    waiting: 0,
    busy_events: 0,
    busy_every_ms: 500,
    answers_seconds: 0,
    others: 5,
    others_every_ms: 500,
    seconds: 16,
    concurrent: 60,
};

/// 200 events a second for one endpoint, ten at once.
const BUSY: Scene = Scene { busy_events: 10, busy_every_ms: 45, ..ALONE };

#[track_caller]
fn check_no_percentile_doubles(alone: &Delays, beside: &Delays) {
    for percent in [50, 99, 100] {
        let (without, with) = (alone.percentile(percent), beside.percentile(percent));
        assert!(
            without > 0 && with < 2 * without,
            "p{percent}: {with} ms, {without} ms without it"
        );
    }
}

/// Fault row 48. The delay of the others' first attempts stays below twice what it is without the
/// slow endpoint, at every percentile and from the first moment on. More events wait for it than the
/// live lane's 60 functions could hold at once, ten messages each.
#[tokio::test]
async fn a_slow_endpoint_with_a_long_queue_does_not_delay_the_others() {
    let alone = play(ALONE).await;
    let beside = play(Scene { waiting: 650, busy_events: 1, ..ALONE }).await;
    assert!(alone.count() > 150 && beside.count() > 150, "{alone:?} {beside:?}");
    assert!(beside.busy_requests > 10, "the slow endpoint was tried");
    check_no_percentile_doubles(&alone, &beside);
}

/// No message of an endpoint that answers in 100 ms takes the retry lane, at 200 a second.
#[tokio::test]
async fn a_fast_endpoint_stays_in_the_live_lane_at_200_deliveries_a_second() {
    let seen = play(Scene { answers_seconds: 60, others: 0, seconds: 5, ..BUSY }).await;
    assert!(seen.busy_requests > 900, "{seen:?}");
    assert_eq!(seen.retry_messages, 0, "{seen:?}");
}

/// Fault row 48. An endpoint that stops answering at 200 events a second leaves the live lane before
/// its attempts fill it.
#[tokio::test]
async fn a_busy_endpoint_that_stops_answering_does_not_delay_the_others() {
    let scene = Scene { seconds: 8, concurrent: 200, ..ALONE };
    let alone = play(scene).await;
    let busy = Scene { busy_events: 10, busy_every_ms: 45, answers_seconds: 2, ..scene };
    let beside = play(busy).await;
    assert!(beside.retry_messages > 500, "it left the lane: {beside:?}");
    check_no_percentile_doubles(&alone, &beside);
}
