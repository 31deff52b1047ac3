//! The bucket of zips and templates: one for each account and region.

use serde_json::{Value, json};

use crate::aws::Aws;
use crate::console::say;

/// What was overwritten, as each template is by the next, is kept this long.
const NONCURRENT_DAYS: u32 = 90;

/// Its name. Made when it is not there.
pub(crate) fn bucket(aws: &Aws) -> Result<String, String> {
    let name = format!("trilho-artefacts-{}-{}", aws.account(), aws.region());
    // The owner is named, so that a bucket that somebody else took the name of gets nothing.
    let owner = ["--expected-bucket-owner", aws.account()];
    let found = aws.run(&[&["s3api", "head-bucket", "--bucket", &name][..], &owner].concat());
    match found {
        Ok(_) => return Ok(name),
        Err(cause) if cause.contains("404") => {}
        Err(cause) => return Err(format!("the bucket {name}: {cause}")),
    }
    say(&format!("Making the bucket {name}"));
    let place = json!({"LocationConstraint": aws.region()}).to_string();
    let mut create = vec!["s3api", "create-bucket", "--bucket", &name];
    // The oldest region is the one that may not be named.
    if aws.region() != "us-east-1" {
        create.extend(["--create-bucket-configuration", &place]);
    }
    aws.run(&create)?;
    for (command, option, value) in settings(&name) {
        aws.run(&["s3api", command, "--bucket", &name, option, &value.to_string()])?;
    }
    Ok(name)
}

/// What a new bucket is set to: command, option, value.
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

/// Nothing that is current expires, however old it is: a rollback names the zips of its time.
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
    fn without_tls_neither_the_bucket_nor_what_is_in_it_is_reached() {
        let statement = &only_tls("artefacts")["Statement"][0];
        assert_eq!(statement["Effect"], "Deny");
        let resources = json!(["arn:aws:s3:::artefacts", "arn:aws:s3:::artefacts/*"]);
        assert_eq!(statement["Resource"], resources);
        assert_eq!(statement["Condition"]["Bool"]["aws:SecureTransport"], "false");
    }
}
