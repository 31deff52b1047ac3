//! `cargo xtask destroy`: a stack without what it was there to keep.

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
        return Err(format!("there is no stack {} in {}", target.stack, aws.region()));
    }
    say(&format!(
        "The functions, the API, the queues and the alarms of {} go, and with the queues what is in \
         them.\nTables, secrets and buckets stay, and cost: they are deleted by hand, if at all.",
        target.stack
    ));
    agree(target, &stack)?;
    let mut watch = Watch::begin(&aws, &stack.id())?;
    aws.run(&["cloudformation", "delete-stack", "--stack-name", &stack.id()])?;
    let after = watch.follow(&aws)?;
    // An emulator forgets a deleted stack at once, AWS after 90 days.
    if !["DELETE_COMPLETE", ""].contains(&after.status().as_str()) {
        let cause = watch.first_failure(&aws).unwrap_or_else(|| "no resource says why".to_owned());
        return Err(format!("{} is {}\nFirst failure: {cause}", target.stack, after.status()));
    }
    say(&format!("\n{} is deleted. Kept:\n{}", target.stack, table(&watch.kept())));
    Ok(())
}

/// A live stack goes only when somebody types its name, whatever the options say.
fn agree(target: &DeployTarget, stack: &Stack) -> Result<(), String> {
    let stage = stack.parameters().into_iter().find(|(name, _)| name == "Stage");
    let live = target.stage == "live" || stage.is_some_and(|(_, stage)| stage == "live");
    if target.yes && !live {
        return Ok(());
    }
    let answer = ask(&format!("Type the stack's name to delete it ({}):", target.stack))?;
    if answer == target.stack { Ok(()) } else { Err("nothing was deleted".to_owned()) }
}
