//! What CloudWatch costs a month when everything is in use, beside requests and logs.

use std::collections::BTreeSet;
use std::fs;

use catalogue::Trigger;
use serde_json::Value;
use tests::World;

/// List prices a month in cents. <https://aws.amazon.com/cloudwatch/pricing/>
const METRIC_CENTS: usize = 30;
/// For each metric that an alarm watches.
const ALARM_CENTS: usize = 10;
/// Most that it may cost.
const CENTS_MAX: usize = 3_000;

/// Returns the metrics of a line: name, and the values of the dimensions.
fn metrics(line: &Value) -> Vec<String> {
    let definitions = line["_aws"]["CloudWatchMetrics"].as_array();
    let of = |definition: &Value| -> Vec<String> {
        let dimensions = definition["Dimensions"][0].as_array().expect("dimensions");
        let values: Vec<_> = dimensions
            .iter()
            .map(|name| line[name.as_str().expect("a name")].to_string())
            .collect();
        let metrics = definition["Metrics"].as_array().expect("metrics").iter();
        metrics.map(|metric| format!("{} {}", metric["Name"], values.join(" "))).collect()
    };
    definitions.into_iter().flatten().flat_map(of).collect()
}

fn dollars(cents: usize) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Counts the metrics of the lines of all functions, and the metrics that the alarms watch.
#[tokio::test]
async fn cloudwatch_costs_at_most_thirty_dollars_when_everything_is_in_use() {
    let world = World::new().await;
    let key = world.tenant("loja").await.program.api_key;
    world.bundle.faults().next_times("BatchGetItem", &local::Fault::Throttled, 20);
    world.charge(&key, "order-1").await.expect(503);
    world.bundle.faults().clear();
    world.get("/v1/charges?reference=4111111111111111").key(&key).send().await.expect(400);
    world.bundle.tick().await.expect("the schedule runs");
    let mut found: BTreeSet<_> = world.logged().iter().flat_map(metrics).collect();
    for function in catalogue::functions() {
        match function.trigger {
            Trigger::Minute => {
                let is_of = |line: &Value| line["job"] == function.name;
                assert!(world.logged().iter().any(is_of), "{} ran", function.name);
            }
            Trigger::Stream | Trigger::Queue(_) => {
                for metric in ["items", "failed"] {
                    found.insert(format!("{metric} {}", function.name));
                }
            }
            Trigger::Request(_) | Trigger::Operator => {}
        }
    }
    found.insert("payouts_without_lookup submit_orders".to_owned());

    let templates = stack::templates(stack::functions());
    let count = |text: &str| -> usize {
        templates.iter().map(|(_, template)| template.matches(text).count()).sum()
    };
    let alarms = count("Type: AWS::CloudWatch::Alarm");
    // An alarm on an expression watches each metric in it.
    let watched = alarms - count("        - Id: compared\n") + count("MetricStat:");
    assert_eq!(count("Type: AWS::CloudWatch::CompositeAlarm"), 0, "it has a price of its own");

    let (metrics, cents) = (found.len(), found.len() * METRIC_CENTS + watched * ALARM_CENTS);
    let row = format!(
        "| {metrics} metrics, {watched} in alarms | {} + {} | **{}** |",
        dollars(metrics * METRIC_CENTS),
        dollars(watched * ALARM_CENTS),
        dollars(cents)
    );
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/performance.md");
    let page = fs::read_to_string(page).expect("the page");
    assert!(page.contains(&row), "docs/performance.md lacks: {row}");
    assert!(cents <= CENTS_MAX, "{row}");
}
