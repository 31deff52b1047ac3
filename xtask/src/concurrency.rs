//! Checks that the account has enough concurrency for the reservations of the functions, before a
//! new stack fails half-way.

use serde_json::Value;

use crate::aws::Aws;

/// Concurrency that must stay unreserved. Lambda refuses a reservation that leaves less.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html>
const UNRESERVED_MIN: u64 = 100;
/// The quota of concurrent executions.
const QUOTA: &str = "L-B99A9384";
/// Smallest quota to request: the default of an account, according to AWS.
const REQUESTED_MIN: u64 = 1_000;

/// Refuses a new stack in an account without enough concurrency. An update keeps its reservations.
pub(crate) fn check(aws: &Aws) -> Result<(), String> {
    let reserved = ::stack::functions().iter().filter_map(|function| function.max_concurrency);
    let reserved = reserved.map(u64::from).sum();
    let settings = aws.json(&["lambda", "get-account-settings"])?;
    enough(&settings, reserved, aws.region())
}

fn enough(settings: &Value, reserved: u64, region: &str) -> Result<(), String> {
    let limit = |name: &str| {
        let number = settings["AccountLimit"][name].as_u64();
        number.ok_or(format!("the answer of aws lambda get-account-settings has no {name}"))
    };
    let unreserved = limit("UnreservedConcurrentExecutions")?;
    let missing = (reserved + UNRESERVED_MIN).saturating_sub(unreserved);
    if missing == 0 {
        return Ok(());
    }
    let requested = REQUESTED_MIN.max(limit("ConcurrentExecutions")? + missing);
    Err(format!(
        "the functions reserve {reserved} concurrent executions and Lambda needs {UNRESERVED_MIN} \
         unreserved, but the account has only {unreserved} in {region}; {missing} are missing. \
         Nothing was uploaded. Request an increase of quota {QUOTA}:\n  aws \
         service-quotas request-service-quota-increase --service-code lambda --quota-code {QUOTA} \
         --desired-value {requested} --region {region}"
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn account(all: u64, unreserved: u64) -> Value {
        json!({"AccountLimit":
            {"ConcurrentExecutions": all, "UnreservedConcurrentExecutions": unreserved}})
    }

    #[test]
    fn a_hundred_stay_unreserved() {
        assert_eq!(enough(&account(1_000, 190), 90, "sa-east-1"), Ok(()));
        let error = enough(&account(1_000, 189), 90, "sa-east-1").expect_err("one is missing");
        assert!(error.contains("1 are missing") && error.contains("value 1001"), "{error}");
    }

    #[test]
    fn a_new_account_gets_the_command_that_requests_a_quota() {
        let error = enough(&account(10, 10), 90, "sa-east-1").expect_err("180 are missing");
        for text in ["L-B99A9384", "request-service-quota-increase", "--desired-value 1000"] {
            assert!(error.contains(text), "{error}");
        }
    }

    #[test]
    fn an_answer_without_limits_is_refused() {
        assert!(enough(&Value::Null, 90, "sa-east-1").is_err());
    }
}
