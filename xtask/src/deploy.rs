//! `cargo xtask deploy`: deploys the templates and zips to AWS, and shows the changes before.

use std::fs;
use std::path::{Path, PathBuf};

use lexopt::Parser;

use crate::arguments::OptionValues;
use crate::aws::{Aws, list, text};
use crate::brake;
use crate::bucket::bucket;
use crate::change_set::{ChangeSet, parameters};
use crate::concurrency;
use crate::console::{ask, say, table};
use crate::dist::{Manifest, domains, root};
use crate::host;
use crate::package;
use crate::stack::{Stack, Watch};

/// Most characters of the name of a function.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>
const FUNCTION_NAME_MAX: usize = 64;
/// The output with the name of the function that creates the first account.
const BOOTSTRAP_OUTPUT: &str = "BootstrapAccountFunction";

/// The stack of a task.
#[derive(Debug)]
pub(crate) struct DeployTarget {
    pub(crate) stage: String,
    pub(crate) stack: String,
    pub(crate) region: Option<String>,
    /// Whether to continue without a question.
    pub(crate) yes: bool,
}

impl DeployTarget {
    pub(crate) const VALUES: [&str; 3] = ["stage", "stack", "region"];

    pub(crate) fn of(given: &OptionValues) -> Result<Self, lexopt::Error> {
        let stage = given.value("stage").unwrap_or_default();
        if !["sandbox", "live"].contains(&stage.as_str()) {
            return Err("--stage must be sandbox or live".into());
        }
        let stack = given.value("stack").unwrap_or_else(|| format!("trilho-{stage}"));
        fits_names(&stack)?;
        Ok(Self { stage, stack, region: given.value("region"), yes: given.flag("yes") })
    }
}

#[derive(Debug)]
pub(crate) struct DeployOptions {
    target: DeployTarget,
    parameters: Vec<(String, String)>,
    dist: PathBuf,
    /// Protected resources that the change may replace or remove.
    allowed: Vec<String>,
}

impl DeployOptions {
    pub(crate) fn parse(arguments: &mut Parser) -> Result<Self, lexopt::Error> {
        let values: Vec<_> = DeployTarget::VALUES
            .into_iter()
            .chain(["parameter", "dist", "allow-replacement"])
            .collect();
        let given = OptionValues::parse(arguments, &values, &["yes"])?;
        let target = DeployTarget::of(&given)?;
        let mut parameters = vec![("Stage".to_owned(), target.stage.clone())];
        for parameter in given.values("parameter") {
            match parameter.split_once('=') {
                Some(("Stage", _)) => {
                    return Err("--parameter cannot set Stage; use --stage".into());
                }
                Some((name, value)) => parameters.push((name.to_owned(), value.to_owned())),
                None => return Err(format!("--parameter {parameter} is not NAME=VALUE").into()),
            }
        }
        let dist = root().join(given.value("dist").unwrap_or_else(|| "dist".to_owned()));
        let allowed = given.values("allow-replacement").to_vec();
        Ok(Self { target, parameters, dist, allowed })
    }
}

pub(crate) fn run(options: &DeployOptions) -> Result<(), String> {
    let manifest = Manifest::read(&options.dist)?;
    let target = &options.target;
    let aws = Aws::connect(target.region.clone())?;
    let flaws = manifest.flaws();
    if !aws.is_local() && !flaws.is_empty() {
        let again = "build release zips with: make dist";
        return Err(format!(
            "cannot deploy these zips to AWS, because {}; {again}",
            flaws.join(", ")
        ));
    }
    let stack = Stack::find(&aws, &target.stack)?;
    fits(&stack, target, aws.region())?;
    if !aws.is_local() {
        host::check(aws.region(), &options.parameters, &stack.parameters())?;
        if !stack.exists() {
            concurrency::check(&aws)?;
        }
    }
    let bucket = bucket(&aws)?;
    let template_url = upload(&aws, options, &bucket)?;
    let declared =
        aws.json(&["cloudformation", "get-template-summary", "--template-url", &template_url])?;
    let declared =
        list(&declared, "Parameters").iter().map(|parameter| text(parameter, "ParameterKey"));
    let previous = stack.parameters().into_iter().map(|(name, _)| name);
    let parameters = parameters(&declared.collect(), &previous.collect(), &options.parameters)?;
    let Some(change_set) = ChangeSet::create(&aws, &stack, &template_url, &parameters)? else {
        say("The stack is up to date.");
        show(&stack);
        return Ok(());
    };
    say(&format!("\n{}\n", change_set.table()));
    if let Err(refusal) = brake::check(&change_set.changes, &options.allowed) {
        change_set.delete(&aws)?;
        return Err(refusal);
    }
    let (count, account) =
        (change_set.changes.len(), format!("{} in {}", aws.account(), aws.region()));
    let question = format!("Make these {count} changes to {} of {account}? (yes/no)", target.stack);
    let answer = if target.yes { Ok("yes".to_owned()) } else { ask(&question) };
    if answer.as_deref() != Ok("yes") {
        change_set.delete(&aws)?;
        return answer.and(Err("the stack was not changed".to_owned()));
    }
    if target.stage == "live" && stack.exists() && !options.allowed.is_empty() {
        protect(&aws, &target.stack, &options.allowed)?;
    }
    let mut watch = Watch::begin(&aws, &target.stack)?;
    change_set.execute(&aws)?;
    let stack = watch.follow(&aws)?;
    if target.stage == "live" {
        protect(&aws, &target.stack, &[])?;
    }
    if ["CREATE_COMPLETE", "UPDATE_COMPLETE"].contains(&stack.status().as_str()) {
        say(&format!("\n{} is {}\n", target.stack, stack.status()));
        show(&stack);
        return Ok(());
    }
    let cause =
        watch.first_failure(&aws).unwrap_or_else(|| "no resource event names a cause".to_owned());
    let failure = format!("\n{} is {}\nFirst failure: {cause}", target.stack, stack.status());
    Err(failure + &leftovers(&watch.kept()))
}

/// Protects a live stack: no command deletes it by mistake, and CloudFormation refuses to replace or
/// delete what keeps data, except of `allowed` resources.
fn protect(aws: &Aws, stack: &str, allowed: &[String]) -> Result<(), String> {
    let policy = brake::stack_policy(allowed);
    let protection =
        ["cloudformation", "update-termination-protection", "--enable-termination-protection"];
    aws.run(&[&protection[..], &["--stack-name", stack]].concat())?;
    let set = ["cloudformation", "set-stack-policy", "--stack-name", stack];
    aws.run(&[&set[..], &["--stack-policy-body", &policy]].concat()).map(drop)
}

/// Refuses a name of a stack that is too long for the names of its functions, or that
/// CloudFormation does not accept.
fn fits_names(stack: &str) -> Result<(), lexopt::Error> {
    let longest = ::stack::functions().iter().map(|function| function.name.len()).max();
    // A function is named <stack>-<function>.
    let length_max = FUNCTION_NAME_MAX - 1 - longest.unwrap_or_default();
    if stack.len() > length_max {
        let length = stack.len();
        return Err(format!(
            "--stack {stack} has {length} characters; it can have {length_max}, because Lambda's \
             names have at most {FUNCTION_NAME_MAX}"
        )
        .into());
    }
    let valid = stack.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && stack.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !valid {
        let advice = "a stack's name has letters, digits and hyphens, and begins with a letter";
        return Err(format!("--stack {stack}: {advice}").into());
    }
    Ok(())
}

/// Returns the text about resources that a rolled-back deployment created and did not delete. No
/// stack has them, and the next deployment creates its own.
fn leftovers(kept: &[Vec<String>]) -> String {
    if kept.is_empty() {
        return String::new();
    }
    format!(
        "\nThe failed deployment left these resources outside of any stack, and AWS charges for \
         them:\n{}\nThe next deployment creates new ones. To delete these, see docs/runbook.md, \
         Destroying a stack",
        table(kept)
    )
}

/// Returns why a stack of this status cannot have a change set, and what to do.
fn obstacle(status: &str, target: &DeployTarget, region: &str) -> Option<String> {
    let (name, stage) = (&target.stack, &target.stage);
    let why = match status {
        "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "CREATE_FAILED" | "DELETE_FAILED" => format!(
            "CloudFormation cannot update it; destroy it first. Run: cargo xtask destroy --stage \
             {stage} --stack {name} --region {region}"
        ),
        "UPDATE_ROLLBACK_FAILED" => format!(
            "the rollback of its last update failed. Correct the cause, then run: aws \
             cloudformation continue-update-rollback --stack-name {name} --region {region}"
        ),
        "" | "REVIEW_IN_PROGRESS" => return None,
        _ if status.ends_with("_IN_PROGRESS") => {
            "another operation is in progress; wait until it ends and try again".to_owned()
        }
        _ => return None,
    };
    Some(format!("{name} is {status}: {why}"))
}

/// Checks that the stack can have a change set, and that it has the stage of the task.
fn fits(stack: &Stack, target: &DeployTarget, region: &str) -> Result<(), String> {
    if let Some(obstacle) = obstacle(&stack.status(), target, region) {
        return Err(obstacle);
    }
    let (name, stage) = (stack.name(), &target.stage);
    let parameters = stack.parameters();
    let other = parameters.iter().find(|(name, value)| name == "Stage" && value != stage);
    match other {
        Some((_, other)) => Err(format!(
            "{name} is a stack of stage {other}, not {stage}; pass another --stack or --stage"
        )),
        None => Ok(()),
    }
}

/// Uploads zips and templates, and returns the URL of the root template.
fn upload(aws: &Aws, options: &DeployOptions, bucket: &str) -> Result<String, String> {
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
    // From the bucket, because a template in the call can have at most 51,200 bytes.
    let key = format!("{prefix}/template.yaml");
    aws.run(&["s3api", "put-object", "--bucket", bucket, "--key", &key, "--body", &packaged])?;
    Ok(match aws.endpoint() {
        Some(endpoint) => format!("{}/{bucket}/{key}", endpoint.trim_end_matches('/')),
        None => format!("https://{bucket}.s3.{}.amazonaws.com/{key}", aws.region()),
    })
}

/// Copies zips and templates into one folder. Templates name zips by their path in the repository;
/// the copy puts the zips of `dist` there, so that the same templates work for every folder of
/// zips.
fn stage(dist: &Path) -> Result<PathBuf, String> {
    let staged = dist.join("stack");
    let failed = |cause: std::io::Error| format!("{}: {cause}", staged.display());
    if staged.exists() {
        fs::remove_dir_all(&staged).map_err(failed)?;
    }
    for folder in ["dist", "infra/functions"] {
        fs::create_dir_all(staged.join(folder)).map_err(failed)?;
    }
    for domain in domains() {
        let to = package::path(&staged.join("dist"), domain);
        fs::copy(package::path(dist, domain), to).map_err(failed)?;
    }
    for folder in ["infra", "infra/functions"] {
        let from = root().join(folder);
        let entries =
            fs::read_dir(&from).map_err(|cause| format!("{}: {cause}", from.display()))?;
        for entry in entries {
            let path = entry.map_err(failed)?.path();
            if path.extension().is_some_and(|ending| ending == "yaml") {
                let name = path.file_name().unwrap_or_default();
                fs::copy(&path, staged.join(folder).join(name)).map_err(failed)?;
            }
        }
    }
    Ok(staged)
}

/// Prints the outputs of the stack, and the next step.
fn show(stack: &Stack) {
    let outputs = stack.outputs();
    let rows: Vec<_> =
        outputs.iter().map(|(name, value)| vec![name.clone(), value.clone()]).collect();
    say(&table(&rows));
    if let Some((_, function)) = outputs.iter().find(|(name, _)| name == BOOTSTRAP_OUTPUT) {
        say(&format!(
            "\nA new stack has no account. Create the first account and its first moderator:\n  aws \
             lambda invoke --function-name {function} --payload fileb://account.json answer.json"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(line: &str) -> Result<DeployOptions, lexopt::Error> {
        DeployOptions::parse(&mut Parser::from_args(line.split_whitespace()))
    }

    #[test]
    fn the_stage_gives_the_name_of_the_stack() {
        let options = options("--stage live --parameter LogLevel=info").expect("it parses");
        assert_eq!(options.target.stack, "trilho-live");
        let pairs = [("Stage", "live"), ("LogLevel", "info")];
        assert_eq!(options.parameters, pairs.map(|(name, value)| (name.into(), value.into())));
    }

    #[test]
    fn a_stack_that_cannot_be_updated_is_refused_with_what_to_do() {
        let target = options("--stage sandbox").expect("it parses").target;
        let obstacle = |status| obstacle(status, &target, "sa-east-1");
        for (status, remedy) in [
            ("ROLLBACK_COMPLETE", "cargo xtask destroy --stage sandbox --stack trilho-sandbox"),
            ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback --stack-name trilho-sandbox"),
            ("UPDATE_IN_PROGRESS", "another operation is in progress"),
        ] {
            let obstacle = obstacle(status).expect(status);
            assert!(obstacle.contains(remedy), "{obstacle}");
        }
        for status in ["", "REVIEW_IN_PROGRESS", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"] {
            assert_eq!(obstacle(status), None, "{status}");
        }
    }

    #[test]
    fn leftovers_are_named_with_the_effect_of_a_retry() {
        assert_eq!(leftovers(&[]), "");
        let table = ["AWS::DynamoDB::Table", "trilho-sandbox-MainTable-X"].map(str::to_owned);
        let text = leftovers(&[table.to_vec()]);
        assert!(text.contains("trilho-sandbox-MainTable-X") && text.contains("new ones"), "{text}");
    }

    #[test]
    fn a_name_that_is_too_long_for_a_function_is_refused() {
        let longest = ::stack::functions().iter().map(|function| function.name.len()).max();
        let fits = "t".repeat(63 - longest.expect("functions"));
        assert!(options(&format!("--stage live --stack {fits}")).is_ok(), "{fits}");
        for name in [format!("{fits}t"), "1trilho".to_owned(), "trilho_live".to_owned()] {
            let refusal = options(&format!("--stage live --stack {name}")).expect_err(&name);
            assert!(refusal.to_string().contains("--stack"), "{refusal}");
        }
    }

    #[test]
    fn a_replacement_is_allowed_by_name() {
        let line = "--stage live --yes --allow-replacement=Api --allow-replacement MainTable";
        assert_eq!(options(line).expect("it parses").allowed, ["Api", "MainTable"]);
        assert!(options("--stage live --yes").expect("it parses").allowed.is_empty());
    }

    #[test]
    fn an_unknown_stage_and_an_incomplete_parameter_are_refused() {
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
