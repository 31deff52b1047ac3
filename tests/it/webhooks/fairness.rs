//! One slow endpoint does not make others wait. `make bench` plays the same at full length.

use tests::fairness::{Scene, play};

const SCENE: Scene = Scene {
    waiting: 0,
    slow_every_ms: 500,
    others: 5,
    others_every_ms: 500,
    seconds: 16,
    concurrent: 60,
};

/// Fault row 48. The delay of the others' first attempts stays below twice what it is without the
/// slow endpoint, at every percentile and from the first moment on. More events wait for it than the
/// live lane's 60 functions could hold at once, ten messages each.
#[tokio::test]
async fn a_slow_endpoint_with_a_long_queue_does_not_delay_the_others() {
    let alone = play(SCENE).await;
    let beside = play(Scene { waiting: 650, ..SCENE }).await;
    assert!(alone.count() > 150 && beside.count() > 150, "{alone:?} {beside:?}");
    assert!(beside.slow_requests > 10, "the slow endpoint was tried");
    for percent in [50, 99, 100] {
        let (without, with) = (alone.percentile(percent), beside.percentile(percent));
        assert!(
            without > 0 && with < 2 * without,
            "p{percent}: {with} ms, {without} ms without it"
        );
    }
}
