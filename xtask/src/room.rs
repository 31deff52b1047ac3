//! Whether the account has room for what the functions reserve, before a new stack finds out half-way.

use serde_json::Value;

use crate::aws::Aws;

/// Lambda refuses a reservation that leaves the account's other functions less.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html>
const UNRESERVED_MIN: u64 = 100;
/// The quota of runs at the same moment, and what to ask for at least: what AWS says accounts have.
const QUOTA: &str = "L-B99A9384";
const ASKED_FOR_MIN: u64 = 1_000;

/// Refuses a new stack in an account without room. An update only moves what it has already.
pub(crate) fn check(aws: &Aws) -> Result<(), String> {
    let reserved = local::functions().iter().filter_map(|function| function.at_once);
    let reserved = reserved.map(u64::from).sum();
    let settings = aws.json(&["lambda", "get-account-settings"])?;
    enough(&settings, reserved, aws.region())
}

fn enough(settings: &Value, reserved: u64, region: &str) -> Result<(), String> {
    let limit = |name: &str| {
        let number = settings["AccountLimit"][name].as_u64();
        number.ok_or(format!("aws lambda get-account-settings answers without {name}"))
    };
    let unreserved = limit("UnreservedConcurrentExecutions")?;
    let missing = (reserved + UNRESERVED_MIN).saturating_sub(unreserved);
    if missing == 0 {
        return Ok(());
    }
    let wanted = ASKED_FOR_MIN.max(limit("ConcurrentExecutions")? + missing);
    Err(format!(
        "the functions reserve {reserved} runs at the same moment and Lambda keeps {UNRESERVED_MIN} \
         unreserved, but the account has {unreserved} in {region}: {missing} are missing, and the \
         stack would fail half-way. Nothing was uploaded. Ask for more of quota {QUOTA}:\n  aws \
         service-quotas request-service-quota-increase --service-code lambda --quota-code {QUOTA} \
         --desired-value {wanted} --region {region}"
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
    fn an_account_just_opened_is_told_what_to_ask_for() {
        let error = enough(&account(10, 10), 90, "sa-east-1").expect_err("180 are missing");
        for words in ["L-B99A9384", "request-service-quota-increase", "--desired-value 1000"] {
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn an_answer_that_is_none_is_no_room() {
        assert!(enough(&Value::Null, 90, "sa-east-1").is_err());
    }
}
