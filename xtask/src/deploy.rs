//! `cargo xtask deploy`: the templates and the zips to AWS, with a look at the changes before.

use std::fs;
use std::path::{Path, PathBuf};

use lexopt::Parser;
use serde_json::{Value, json};

use crate::arguments::Given;
use crate::aws::{Aws, list, text};
use crate::change_set::{ChangeSet, parameters};
use crate::console::{ask, say, table};
use crate::dist::{Manifest, domains, root};
use crate::package;
use crate::stack::{Stack, Watch};

/// The output that names the function which opens the first account.
const BOOTSTRAP_OUTPUT: &str = "BootstrapAccountFunction";

/// Which stack a task is about.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) stage: String,
    pub(crate) stack: String,
    pub(crate) region: Option<String>,
    /// Whether to go on without asking.
    pub(crate) yes: bool,
}

impl Target {
    pub(crate) const VALUES: [&str; 3] = ["stage", "stack", "region"];

    pub(crate) fn of(given: &Given) -> Result<Self, lexopt::Error> {
        let stage = given.value("stage").unwrap_or_default();
        if !["sandbox", "live"].contains(&stage.as_str()) {
            return Err("--stage is sandbox or live".into());
        }
        let stack = given.value("stack").unwrap_or_else(|| format!("trilho-{stage}"));
        Ok(Self { stage, stack, region: given.value("region"), yes: given.flag("yes") })
    }
}

#[derive(Debug)]
pub(crate) struct Options {
    target: Target,
    parameters: Vec<(String, String)>,
    dist: PathBuf,
}

impl Options {
    pub(crate) fn parse(arguments: &mut Parser) -> Result<Self, lexopt::Error> {
        let values: Vec<_> = Target::VALUES.into_iter().chain(["parameter", "dist"]).collect();
        let given = Given::parse(arguments, &values, &["yes"])?;
        let target = Target::of(&given)?;
        let mut parameters = vec![("Stage".to_owned(), target.stage.clone())];
        for parameter in given.values("parameter") {
            match parameter.split_once('=') {
                Some(("Stage", _)) => return Err("--stage says the stage".into()),
                Some((name, value)) => parameters.push((name.to_owned(), value.to_owned())),
                None => return Err(format!("--parameter {parameter} is not NAME=VALUE").into()),
            }
        }
        let dist = root().join(given.value("dist").unwrap_or_else(|| "dist".to_owned()));
        Ok(Self { target, parameters, dist })
    }
}

pub(crate) fn run(options: &Options) -> Result<(), String> {
    let manifest = Manifest::read(&options.dist)?;
    let target = &options.target;
    let aws = Aws::connect(target.region.clone())?;
    let flaws = manifest.flaws();
    if !aws.is_local() && !flaws.is_empty() {
        let again = "build them as they are shipped: make dist";
        return Err(format!("these zips do not go to AWS, because {}; {again}", flaws.join(", ")));
    }
    let stack = Stack::find(&aws, &target.stack)?;
    fits(&stack, &target.stage)?;
    let bucket = bucket(&aws)?;
    let template_url = upload(&aws, options, &bucket)?;
    let declared =
        aws.json(&["cloudformation", "get-template-summary", "--template-url", &template_url])?;
    let declared =
        list(&declared, "Parameters").iter().map(|parameter| text(parameter, "ParameterKey"));
    let previous = stack.parameters().into_iter().map(|(name, _)| name);
    let parameters = parameters(&declared.collect(), &previous.collect(), &options.parameters)?;
    let Some(change_set) = ChangeSet::create(&aws, &stack, &template_url, &parameters)? else {
        say("The stack is as it should be; nothing to change.");
        tell(&stack);
        return Ok(());
    };
    say(&format!("\n{}\n", change_set.table()));
    let (count, place) = (change_set.rows.len(), format!("{} in {}", aws.account(), aws.region()));
    let question = format!("Make these {count} changes to {} of {place}? (yes/no)", target.stack);
    let answer = if target.yes { Ok("yes".to_owned()) } else { ask(&question) };
    if answer.as_deref() != Ok("yes") {
        change_set.delete(&aws)?;
        return answer.and(Err("nothing was changed".to_owned()));
    }
    let mut watch = Watch::begin(&aws, &target.stack)?;
    change_set.execute(&aws)?;
    let stack = watch.follow(&aws)?;
    if ["CREATE_COMPLETE", "UPDATE_COMPLETE"].contains(&stack.status().as_str()) {
        say(&format!("\n{} is {}\n", target.stack, stack.status()));
        tell(&stack);
        return Ok(());
    }
    let cause = watch.first_failure(&aws).unwrap_or_else(|| "no resource says why".to_owned());
    Err(format!("\n{} is {}\nFirst failure: {cause}", target.stack, stack.status()))
}

/// Whether a change set can be made for the stack at all.
fn fits(stack: &Stack, stage: &str) -> Result<(), String> {
    let (name, status) = (stack.name(), stack.status());
    if status == "ROLLBACK_COMPLETE" || status == "ROLLBACK_FAILED" {
        let again = format!("cargo xtask destroy --stage {stage} --stack {name}");
        return Err(format!("{name} is {status}: its first deployment failed. Run: {again}"));
    }
    if stack.exists() && status.ends_with("_IN_PROGRESS") {
        return Err(format!("{name} is {status}: somebody else is at it"));
    }
    let parameters = stack.parameters();
    let other = parameters.iter().find(|(name, value)| name == "Stage" && value != stage);
    match other {
        Some((_, other)) => Err(format!("{name} is a stack of stage {other}, not {stage}")),
        None => Ok(()),
    }
}

/// The bucket of zips and templates: one for each account and region. Made when it is not there.
fn bucket(aws: &Aws) -> Result<String, String> {
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
    let set = |command: &str, option: &str, value: Value| {
        aws.run(&["s3api", command, "--bucket", &name, option, &value.to_string()])
    };
    let all = json!({"BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true,
        "RestrictPublicBuckets": true});
    set("put-public-access-block", "--public-access-block-configuration", all)?;
    let rule = json!({"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}});
    let encryption = json!({"Rules": [rule]});
    set("put-bucket-encryption", "--server-side-encryption-configuration", encryption)?;
    set("put-bucket-versioning", "--versioning-configuration", json!({"Status": "Enabled"}))?;
    Ok(name)
}

/// Uploads zips and templates, and answers where the root template is.
fn upload(aws: &Aws, options: &Options, bucket: &str) -> Result<String, String> {
    let staged = stage(&options.dist)?;
    let (template, packaged) = (staged.join("infra/template.yaml"), staged.join("packaged.yaml"));
    let (template, packaged) = (template.display().to_string(), packaged.display().to_string());
    say("Uploading zips and templates");
    let prefix = options.target.stack.as_str();
    aws.run(&[
        "cloudformation",
        "package",
        "--template-file",
        &template,
        "--s3-bucket",
        bucket,
        "--s3-prefix",
        prefix,
        "--output-template-file",
        &packaged,
    ])?;
    // From the bucket, because a template given in the call may have 51,200 bytes only.
    let key = format!("{prefix}/template.yaml");
    aws.run(&["s3api", "put-object", "--bucket", bucket, "--key", &key, "--body", &packaged])?;
    Ok(match aws.endpoint() {
        Some(endpoint) => format!("{}/{bucket}/{key}", endpoint.trim_end_matches('/')),
        None => format!("https://{bucket}.s3.{}.amazonaws.com/{key}", aws.region()),
    })
}

/// Templates name zips by their place in the repository; here the zips of `dist` take that place, so
/// that one set of templates serves every folder of zips.
fn stage(dist: &Path) -> Result<PathBuf, String> {
    let staged = dist.join("stack");
    let place = |cause: std::io::Error| format!("{}: {cause}", staged.display());
    if staged.exists() {
        fs::remove_dir_all(&staged).map_err(place)?;
    }
    for folder in ["dist", "infra/functions"] {
        fs::create_dir_all(staged.join(folder)).map_err(place)?;
    }
    for domain in domains() {
        let to = package::path(&staged.join("dist"), domain);
        fs::copy(package::path(dist, domain), to).map_err(place)?;
    }
    for folder in ["infra", "infra/functions"] {
        let from = root().join(folder);
        let entries =
            fs::read_dir(&from).map_err(|cause| format!("{}: {cause}", from.display()))?;
        for entry in entries {
            let path = entry.map_err(place)?.path();
            if path.extension().is_some_and(|ending| ending == "yaml") {
                let name = path.file_name().unwrap_or_default();
                fs::copy(&path, staged.join(folder).join(name)).map_err(place)?;
            }
        }
    }
    Ok(staged)
}

/// What the stack tells, and what comes next.
fn tell(stack: &Stack) {
    let outputs = stack.outputs();
    let rows: Vec<_> =
        outputs.iter().map(|(name, value)| vec![name.clone(), value.clone()]).collect();
    say(&table(&rows));
    if let Some((_, function)) = outputs.iter().find(|(name, _)| name == BOOTSTRAP_OUTPUT) {
        say(&format!(
            "\nA new stack has no account. Open the first one, with its first person:\n  aws lambda \
             invoke --function-name {function} --payload fileb://account.json answer.json"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(line: &str) -> Result<Options, lexopt::Error> {
        Options::parse(&mut Parser::from_args(line.split_whitespace()))
    }

    #[test]
    fn the_stage_is_said_and_names_the_stack() {
        let options = options("--stage live --parameter LogLevel=info").expect("it parses");
        assert_eq!(options.target.stack, "trilho-live");
        let pairs = [("Stage", "live"), ("LogLevel", "info")];
        assert_eq!(options.parameters, pairs.map(|(name, value)| (name.into(), value.into())));
    }

    #[test]
    fn a_stage_that_is_none_and_half_a_parameter_are_refused() {
        for line in [
            "",
            "--stage production",
            "--stage live --parameter LogLevel",
            "--stage live --parameter Stage=sandbox",
        ] {
            assert!(options(line).is_err(), "{line}");
        }
    }
}
