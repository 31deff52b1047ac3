//! All templates of a deployment, and the references between them.

use serde_json::Value;

use super::template::{Resource, Template, TemplateError, list, referred};
use crate::function::Function;

const ROOT: &str = "template.yaml";

/// The input of the rules: the templates, the functions they must have, and the runbook.
#[derive(Clone)]
pub struct Deployment<'a> {
    pub(crate) root: Template,
    pub(crate) nested: Vec<Template>,
    pub(crate) functions: &'a [Function],
    pub(crate) runbook: &'a str,
}

/// A function in a template, and its declaration.
#[derive(Clone, Copy)]
pub(crate) struct DeployedFunction<'a> {
    pub(crate) resource: Resource<'a>,
    pub(crate) function: &'a Function,
}

impl<'a> Deployment<'a> {
    /// Reads the templates of [`crate::templates`], with the functions they were made of and the
    /// text of `docs/runbook.md`.
    pub fn read(
        templates: &[(String, String)],
        functions: &'a [Function],
        runbook: &'a str,
    ) -> Result<Self, TemplateError> {
        let read = templates.iter().map(|(name, text)| Template::read(name, text));
        let mut nested = read.collect::<Result<Vec<_>, _>>()?;
        let root = nested.iter().position(|template| template.name == ROOT);
        let root = nested.swap_remove(root.ok_or(TemplateError::Rootless)?);
        Ok(Self { root, nested, functions, runbook })
    }

    /// Returns a copy with another text for the template of this name, or for the root if there is
    /// none.
    pub fn with(&self, name: &str, text: &str) -> Result<Self, TemplateError> {
        let mut other = self.clone();
        let changed = Template::read(name, text)?;
        match other.nested.iter_mut().find(|template| template.name == name) {
            Some(template) => *template = changed,
            None => other.root = changed,
        }
        Ok(other)
    }

    /// Returns a copy with another runbook.
    pub fn with_runbook(&self, runbook: &'a str) -> Self {
        Self { runbook, ..self.clone() }
    }

    pub(crate) fn templates(&self) -> impl Iterator<Item = &Template> {
        self.nested.iter().chain([&self.root])
    }

    pub(crate) fn resources(&self, kind: &'static str) -> impl Iterator<Item = Resource<'_>> {
        let all = self.templates().flat_map(Template::resources);
        all.filter(move |resource| resource.is(kind))
    }

    /// Returns the functions with their declarations, by handler. The rule `functions` finds
    /// unknown handlers.
    pub(crate) fn placed(&self) -> Vec<DeployedFunction<'_>> {
        let declared = |resource: Resource<'_>| {
            let handler = resource.property("Handler").as_str()?;
            let (domain, name) = handler.split_once('.')?;
            self.functions
                .iter()
                .find(|function| function.domain == domain && function.name == name)
        };
        self.resources("AWS::Lambda::Function")
            .filter_map(|resource| {
                Some(DeployedFunction { resource, function: declared(resource)? })
            })
            .collect()
    }

    /// Returns the value that the root passes to a nested stack for this parameter.
    pub(crate) fn given(&self, template: &Template, name: &str) -> Option<&Value> {
        let stack = self.root.resources().find(|stack| {
            stack.is("AWS::CloudFormation::Stack")
                && stack.property("TemplateURL") == template.name.as_str()
        })?;
        stack.property("Parameters").get(name)
    }

    /// Returns the resource that a reference names, also through a parameter.
    pub(crate) fn find<'b>(&'b self, from: &'b Template, value: &Value) -> Option<Resource<'b>> {
        let name = referred(value)?;
        from.resource(name).or_else(|| {
            let given = self.given(from, name)?;
            self.root.resource(referred(given)?)
        })
    }

    /// Returns true if the reference names this resource.
    pub(crate) fn same(&self, from: &Template, value: &Value, to: Resource<'_>) -> bool {
        self.find(from, value)
            .is_some_and(|found| found.id == to.id && found.template.name == to.template.name)
    }

    /// Returns the resources of a kind in the same template with a property that names this
    /// resource.
    pub(crate) fn of<'b>(
        &'b self,
        named: Resource<'b>,
        kind: &'static str,
        property: &'static str,
    ) -> impl Iterator<Item = Resource<'b>> {
        let all = named.template.resources().filter(move |resource| resource.is(kind));
        all.filter(move |resource| referred(resource.property(property)) == Some(named.id))
    }

    /// Returns the policy statements of a function.
    pub(crate) fn rights<'b>(&'b self, function: Resource<'b>) -> Vec<&'b Value> {
        let role = self.find(function.template, function.property("Role"));
        role.map(statements).unwrap_or_default()
    }

    /// Returns each dead-letter queue with its source.
    pub(crate) fn dead_letters(&self) -> Vec<(Resource<'_>, Resource<'_>)> {
        let redrive = self.resources("AWS::SQS::Queue").filter_map(|queue| {
            let target = &queue.property("RedrivePolicy")["deadLetterTargetArn"];
            Some((queue, self.find(queue.template, target)?))
        });
        let destinations = ["AWS::Lambda::EventSourceMapping", "AWS::Lambda::EventInvokeConfig"];
        let failed = destinations.into_iter().flat_map(|kind| self.resources(kind));
        let failed = failed
            .filter_map(|source| Some((source, self.find(source.template, on_failure(source))?)));
        redrive.chain(failed).collect()
    }
}

pub(crate) fn on_failure(source: Resource<'_>) -> &Value {
    &source.property("DestinationConfig")["OnFailure"]["Destination"]
}

/// Returns the statements of a role's policies.
pub(crate) fn statements(role: Resource<'_>) -> Vec<&Value> {
    let policies = list(role.property("Policies")).into_iter();
    policies.flat_map(|policy| list(&policy["PolicyDocument"]["Statement"])).collect()
}
