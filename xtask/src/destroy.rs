//! `cargo xtask destroy`: deletes a stack, and keeps its tables, secrets and buckets.

use lexopt::Parser;

use crate::arguments::OptionValues;
use crate::aws::Aws;
use crate::console::{ask, say, table};
use crate::deploy::DeployTarget;
use crate::stack::{Stack, Watch};

#[derive(Debug)]
pub(crate) struct DestroyOptions {
    target: DeployTarget,
}

impl DestroyOptions {
    pub(crate) fn parse(arguments: &mut Parser) -> Result<Self, lexopt::Error> {
        let given = OptionValues::parse(arguments, &DeployTarget::VALUES, &["yes"])?;
        Ok(Self { target: DeployTarget::of(&given)? })
    }
}

pub(crate) fn run(options: &DestroyOptions) -> Result<(), String> {
    let target = &options.target;
    let aws = Aws::connect(target.region.clone())?;
    let stack = Stack::find(&aws, &target.stack)?;
    if stack.id().is_empty() {
        return Err(format!("no stack {} exists in {}", target.stack, aws.region()));
    }
    say(&format!(
        "This deletes the functions, the API, the queues with their messages, and the alarms of \
         {}.\nTables, secrets and buckets stay, and AWS charges for them until you delete them by \
         hand.",
        target.stack
    ));
    agree(target, &stack)?;
    if stack.is_protected() {
        let off = [
            "cloudformation",
            "update-termination-protection",
            "--no-enable-termination-protection",
        ];
        aws.run(&[&off[..], &["--stack-name", stack.name()]].concat())?;
    }
    let mut watch = Watch::begin(&aws, &stack.id())?;
    aws.run(&["cloudformation", "delete-stack", "--stack-name", &stack.id()])?;
    let after = watch.follow(&aws)?;
    // An emulator removes a deleted stack at once, AWS after 90 days.
    if !["DELETE_COMPLETE", ""].contains(&after.status().as_str()) {
        let cause = watch
            .first_failure(&aws)
            .unwrap_or_else(|| "no resource event names a cause".to_owned());
        return Err(format!("{} is {}\nFirst failure: {cause}", target.stack, after.status()));
    }
    say(&format!("\n{} is deleted. Kept:\n{}", target.stack, table(&watch.kept())));
    Ok(())
}

/// Asks for the name of the stack. For a live stack it asks even with `--yes`.
fn agree(target: &DeployTarget, stack: &Stack) -> Result<(), String> {
    let stage = stack.parameters().into_iter().find(|(name, _)| name == "Stage");
    let live = target.stage == "live" || stage.is_some_and(|(_, stage)| stage == "live");
    if target.yes && !live {
        return Ok(());
    }
    let answer = ask(&format!("To delete the stack, type its name ({}):", target.stack))?;
    if answer == target.stack { Ok(()) } else { Err("the stack was not deleted".to_owned()) }
}
