//! The bucket of zips and templates, one for each account and region.

use serde_json::{Value, json};

use crate::aws::Aws;
use crate::console::say;

/// Days to keep overwritten versions; each template overwrites the one before.
const NONCURRENT_DAYS: u32 = 90;

/// Returns the name of the bucket, and creates it if it does not exist.
pub(crate) fn bucket(aws: &Aws) -> Result<String, String> {
    let name = format!("trilho-artefacts-{}-{}", aws.account(), aws.region());
    // With the owner, so that nothing is sent to a bucket of this name in another account.
    let owner = ["--expected-bucket-owner", aws.account()];
    let found = aws.run(&[&["s3api", "head-bucket", "--bucket", &name][..], &owner].concat());
    match found {
        Ok(_) => return Ok(name),
        Err(cause) if cause.contains("404") => {}
        Err(cause) => return Err(format!("the bucket {name}: {cause}")),
    }
    say(&format!("Creating the bucket {name}"));
    let location = json!({"LocationConstraint": aws.region()}).to_string();
    let mut create = vec!["s3api", "create-bucket", "--bucket", &name];
    // us-east-1 is the only region that must not be named.
    if aws.region() != "us-east-1" {
        create.extend(["--create-bucket-configuration", &location]);
    }
    aws.run(&create)?;
    for (command, option, value) in settings(&name) {
        aws.run(&["s3api", command, "--bucket", &name, option, &value.to_string()])?;
    }
    Ok(name)
}

/// Returns the settings of a new bucket: command, option, value.
fn settings(name: &str) -> [(&'static str, &'static str, Value); 5] {
    let all = json!({"BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true,
        "RestrictPublicBuckets": true});
    let rule = json!({"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}});
    let encryption = json!({"Rules": [rule]});
    [
        ("put-public-access-block", "--public-access-block-configuration", all),
        ("put-bucket-encryption", "--server-side-encryption-configuration", encryption),
        ("put-bucket-versioning", "--versioning-configuration", json!({"Status": "Enabled"})),
        ("put-bucket-policy", "--policy", only_tls(name)),
        ("put-bucket-lifecycle-configuration", "--lifecycle-configuration", lifecycle()),
    ]
}

fn only_tls(name: &str) -> Value {
    let bucket = format!("arn:aws:s3:::{name}");
    let statement = json!({"Sid": "OnlyTls", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": [bucket, format!("{bucket}/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}}});
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

/// Returns the lifecycle rule. Current objects never expire, because a rollback needs old zips.
fn lifecycle() -> Value {
    let rule = json!({"ID": "NoncurrentVersions", "Status": "Enabled", "Filter": {"Prefix": ""},
        "NoncurrentVersionExpiration": {"NoncurrentDays": NONCURRENT_DAYS}});
    json!({"Rules": [rule]})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_current_object_expires() {
        let lifecycle = lifecycle();
        let rules = lifecycle["Rules"].as_array().expect("a list");
        assert_eq!(rules[0]["NoncurrentVersionExpiration"]["NoncurrentDays"], 90);
        assert!(rules.iter().all(|rule| rule["Expiration"].is_null()), "{lifecycle}");
    }

    #[test]
    fn plain_http_is_refused_for_the_bucket_and_its_objects() {
        let statement = &only_tls("artefacts")["Statement"][0];
        assert_eq!(statement["Effect"], "Deny");
        let resources = json!(["arn:aws:s3:::artefacts", "arn:aws:s3:::artefacts/*"]);
        assert_eq!(statement["Resource"], resources);
        assert_eq!(statement["Condition"]["Bool"]["aws:SecureTransport"], "false");
    }
}
