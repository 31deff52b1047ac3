//! The rules for the templates: the committed ones keep all, and each rule finds what breaks it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use stack::Deployment;

const ROOT: &str = "template.yaml";
const ACCOUNT: &str = "functions/account.yaml";
const SCHEDULER: &str = "functions/scheduler.yaml";
const DISPATCH: &str = "functions/dispatch.yaml";
const USERS: &str = "functions/users.yaml";

const PAYIN: &str = "functions/payin.yaml";
const RELAY: &str = "functions/relay.yaml";
const RUNBOOK: &str = "docs/runbook.md";

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    fs::read_to_string(path).unwrap_or_else(|cause| panic!("{name}: {cause}"))
}

/// The templates as they are committed, read once.
struct CommittedTemplates {
    texts: Vec<(String, String)>,
    deployment: Deployment<'static>,
}

static COMMITTED: LazyLock<CommittedTemplates> = LazyLock::new(|| {
    static READ: LazyLock<String> = LazyLock::new(|| read(RUNBOOK));
    let names = stack::templates(stack::functions()).into_iter().map(|(name, _)| name);
    let texts: Vec<_> = names.map(|name| (name.clone(), read(&format!("infra/{name}")))).collect();
    let deployment = Deployment::read(&texts, stack::functions(), &READ);
    CommittedTemplates { texts, deployment: deployment.expect("templates") }
});

#[test]
fn the_committed_templates_keep_every_rule() {
    let found = COMMITTED.deployment.violations();
    assert!(found.is_empty(), "{}", found.iter().map(|one| format!("\n{one}")).collect::<String>());
}

/// Statements that permit more of files than a function may.
const ALL_FILES: &str = "          - Effect: Allow
            Action: s3:GetObject
            Resource: !Sub \"arn:${AWS::Partition}:s3:::${FilesBucket}/statements\"
          - Sid";
const DELETED_FILES: &str = "          - Effect: Allow
            Action: s3:DeleteObject
            Resource: !Sub \"arn:${AWS::Partition}:s3:::${FilesBucket}/statements/*\"
          - Sid";

/// One change of a committed template, and the rule that must find it.
struct BrokenTemplate {
    rule: &'static str,
    template: &'static str,
    /// The resource that is changed.
    changed: &'static str,
    from: &'static str,
    to: &'static str,
    /// The resource that is named; others may be too, by the same rule.
    found: &'static str,
}

/// The changes, one a line: `rule in TEMPLATE Changed of Found: "from" => "to";`
/// Without `of`, the changed resource is the one that is found.
macro_rules! broken {
    ($name:ident: $(
        $rule:ident in $template:ident $id:ident $(of $found:ident)?: $from:literal => $to:expr;
    )*) => {
        const $name: &[BrokenTemplate] = &[$(BrokenTemplate {
            rule: stringify!($rule),
            template: $template,
            changed: stringify!($id),
            from: $from,
            to: $to,
            found: broken!(@found $id $($found)?),
        }),*];
    };
    (@found $id:ident $found:ident) => { stringify!($found) };
    (@found $id:ident) => { stringify!($id) };
}

const SPARE_ROLE: &str = r#"
  SpareRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}
      Policies:
        - PolicyDocument:
            Statement: [{Effect: Allow, Action: [sqs:SendMessage], Resource: !Ref PepperArn}]
"#;

const BESIDE_INTEGRATION: &str = r#"
  BesideIntegration:
    Type: AWS::ApiGatewayV2::Integration
    Properties:
      IntegrationUri: !GetAtt SweepEvents.Arn
"#;

const BESIDE_ROUTE: &str = r#"
  BesideRoute:
    Type: AWS::ApiGatewayV2::Route
    Properties:
      RouteKey: GET /v1/beside
"#;

broken! { ROLES:
    exact_actions in PAYIN CreateChargeRole:
        "secretsmanager:GetSecretValue" => "\"secretsmanager:Get*\"";
    exact_actions in SCHEDULER SweepEventsRole:
        "Action: [sqs:SendMessage]\n                Resource: !Ref LiveQueueArn"
        => "NotAction: [sqs:SendMessage]\n                Resource: !Ref LiveQueueArn";
    exact_resources in SCHEDULER SweepEventsRole: "!Ref LiveQueueArn" => "\"*\"";
    exact_resources in SCHEDULER SweepEventsRole:
        "Resource: !Ref LiveQueueArn" => "NotResource: !Ref LiveQueueArn";
    exact_resources in PAYIN CreateChargeRole: "table/${MainTable}" => "table/${MainTable}*";
    rows_by_family in PAYIN CreateChargeRole: "\"USAGE#*\"" => "\"*\"";
    rows_by_family in PAYIN CreateChargeRole: "\"USAGE#*\"" => "\"#*\"";
    rows_by_family in PAYIN CreateChargeRole: "\"USAGE#*\"" => "\"USAGE*\"";
    rows_by_family in PAYIN CreateChargeRole:
        "[dynamodb:UpdateItem]" => "[dynamodb:UpdateItem, dynamodb:Scan]";
    rows_by_family in PAYIN CreateChargeRole: "ForAllValues:StringLike" => "ForAnyValue:StringLike";
    files_by_kind in ROOT FilesBucketPolicy: "          - Sid" => ALL_FILES;
    files_by_kind in ROOT FilesBucketPolicy: "          - Sid" => DELETED_FILES;
    rights_in_roles in PAYIN CreateChargeRole:
        "      Policies:\n" => "      ManagedPolicyArns: [!Ref PepperArn]\n      Policies:\n";
    rights_in_roles in PAYIN CreateChargeRole: "Service: lambda" => "Service: ec2";
    rights_in_roles in PAYIN Resources of Beside:
        "\n" => "\n  Beside: {Type: AWS::IAM::ManagedPolicy}\n";
    one_role_each in PAYIN Resources of SpareRole: "\n" => SPARE_ROLE;
    exact_callers in PAYIN CreateChargePermission: "${AWS::AccountId}" => "*";
}

broken! { API_RULES:
    routes in PAYIN PostV1ChargesRoute of CreateCharge:
        "${CreateChargeIntegration}" => "${NoIntegration}";
    routes in PAYIN CreateChargeIntegration of CreateCharge:
        "PayloadFormatVersion: \"2.0\"" => "PayloadFormatVersion: \"1.0\"";
    routes in PAYIN CreateChargePermission of CreateCharge: "/POST/v1/charges" => "/POST/v1/charge";
    declared_routes in PAYIN Resources of BesideRoute: "\n" => BESIDE_ROUTE;
    idempotency in PAYIN CreateChargeRole of CreateCharge:
        "\"IDEMPOTENCY#*\", \"NUMBERS#*\", \"TURN#*\"]" => "\"NUMBERS#*\", \"TURN#*\"]";
    idempotency in PAYIN CreateChargeRole of CreateCharge:
        "\"EVENT#*\", \"IDEMPOTENCY#*\"" => "\"EVENT#*\"";
    idempotency in USERS CreateUserRole of CreateUser: "\"IDEMPOTENCY#*\", " => "";
    time_outs in PAYIN CreateCharge: "Timeout: 10" => "Timeout: 11";
    time_outs in PAYIN CreateChargeIntegration of CreateCharge:
        "TimeoutInMillis: 11000" => "TimeoutInMillis: 31000";
    default_throttle in ROOT ApiStage: "ThrottlingRateLimit: 500\n        " => "";
    public_throttles in ROOT ApiStage:
        "\"POST /v1/sessions\": { ThrottlingRateLimit: 400," => "\"POST /v1/sessions\": {";
    public_throttles in ROOT ApiStage:
        "        \"GET /pix/{location}\": { ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 2000 }\n"
        => "";
    throttled_routes in ROOT ApiStage:
        "        \"GET /pix/{location}\""
        => "        \"GET /gone\": { ThrottlingRateLimit: 1 }\n        \"GET /pix/{location}\"";
    throttled_routes in ROOT ApiStage: "Payin, " => "";
    access_log in ROOT ApiStage:
        "\"route\":\"$context.routeKey\"" => "\"from\":\"$context.identity.sourceIp\"";
    access_log in ROOT ApiStage: "!GetAtt ApiLog.Arn" => "!GetAtt LiveQueue.Arn";
    one_after_another in ROOT Payer: "    DependsOn: Kyc\n" => "";
    one_after_another in ROOT Payer: "DependsOn: Kyc" => "DependsOn: Identity";
    one_after_another in ROOT Payer: "DependsOn: Kyc" => "DependsOn: Relay";
    one_after_another in ROOT Sandbox: "DependsOn: ApiStage" => "DependsOn: Webhooks";
    sandbox_functions in ROOT ApiStage: "Webhooks]" => "Webhooks, Sandbox]";
    sandbox_functions in ROOT Sandbox: "    Condition: IsSandbox\n" => "";
    sandbox_functions in ROOT Conditions of Sandbox: "[!Ref Stage, sandbox]" => "[!Ref Stage, live]";
    default_host in ROOT Rules: "sa-east-1, " => "sa-east-1, eu-central-1, ";
    default_host in ROOT Rules: "[!Ref DomainName, \"\"]\n    Assertions:\n      - Assert:\n          Fn"
        => "[!Ref DomainName, \"x\"]\n    Assertions:\n      - Assert:\n          Fn";
    foreign_origins in ROOT Api:
        "      ProtocolType: HTTP\n"
        => "      ProtocolType: HTTP\n      CorsConfiguration: {AllowOrigins: [\"https://*\"]}\n";
}

broken! { FUNCTIONS:
    functions in PAYIN CreateCharge: "payin.create_charge" => "payin.create_charges";
    runtime in PAYIN CreateCharge: "provided.al2023" => "python3.13";
    runtime in PAYIN CreateCharge: "[arm64]" => "[x86_64]";
    triggers in RELAY RelayChangesSource of RelayChanges:
        "FunctionName: !Ref RelayChanges\n" => "FunctionName: !Ref RelayChangesLog\n";
    triggers in SCHEDULER Resources of SweepEvents: "\n" => BESIDE_INTEGRATION;
    environment in PAYIN CreateCharge: "          PEPPER_SECRET_ID: !Ref PepperArn\n" => "";
    environment in PAYIN CreateCharge: "          STAGE:" => "          TABEL: x\n          STAGE:";
    environment in PAYIN CreateCharge:
        "          STAGE:" => "          LIVE_QUEUE_URL: x\n          STAGE:";
    environment in ACCOUNT FindStatementExport: "          FILES_BUCKET: !Ref FilesBucket\n" => "";
    environment in PAYIN ShowPixLocation:
        "          STAGE:" => "          PEPPER_SECRET_ID: !Ref PepperArn\n          STAGE:";
    resources_by_name in DISPATCH SendLive:
        "SIGNING_SECRET_ID: !Ref SigningArn" => "SIGNING_SECRET_ID: !Ref Stage";
    resources_by_name in ACCOUNT FindStatementExport: "FILES_BUCKET: !Ref FilesBucket" => "FILES_BUCKET: !Ref Stage";
    sources_are_readable in RELAY RelayChangesRole of RelayChanges: "dynamodb:GetRecords, " => "";
    sources_are_readable in RELAY RelayChangesRole of RelayChanges:
        "!Ref StreamDeadQueueArn" => "!Ref LiveQueueArn";
    sources_are_readable in DISPATCH SendLiveRole of SendLive: "sqs:DeleteMessage, " => "";
    stream_sources in RELAY RelayChangesSource:
        "BisectBatchOnFunctionError: true" => "BisectBatchOnFunctionError: false";
    stream_sources in RELAY RelayChangesSource: "      MaximumRetryAttempts: 5\n" => "";
    stream_sources in RELAY RelayChangesSource:
        "MaximumRecordAgeInSeconds: 3600" => "MaximumRecordAgeInSeconds: -1";
    stream_sources in RELAY RelayChangesSource:
        "      FunctionResponseTypes: [ReportBatchItemFailures]\n" => "";
    queue_sources in DISPATCH SendLiveSource:
        "      FunctionResponseTypes: [ReportBatchItemFailures]\n" => "";
    queue_sources in DISPATCH SendLiveSource: "MaximumConcurrency: 200" => "MaximumConcurrency: 60";
    queue_sources in DISPATCH SendRetriesSource:
        "        MaximumConcurrency: 200\n" => "        MaximumConcurrency: 0\n";
    queue_timings in ROOT LiveQueue: "VisibilityTimeout: 180" => "VisibilityTimeout: 179";
    schedules in SCHEDULER SweepEvents: "Timeout: 55" => "Timeout: 60";
    schedules in SCHEDULER SweepEventsLog of SweepEvents: "State: ENABLED" => "State: DISABLED";
    schedules in SCHEDULER SweepEventsLog of SweepEvents:
        "!GetAtt SweepEventsRule.Arn" => "!GetAtt AdvanceChargesRule.Arn";
    schedules in SCHEDULER SweepEventsInvocation of SweepEvents:
        "      MaximumRetryAttempts: 0\n" => "";
    schedules in SCHEDULER SweepEventsInvocation of SweepEvents:
        "MaximumEventAgeInSeconds: 60" => "MaximumEventAgeInSeconds: 21600";
}

broken! { KEPT:
    tables_are_kept in ROOT MainTable: "    DeletionPolicy: Retain\n" => "";
    tables_are_kept in ROOT DeliveriesTable:
        "    UpdateReplacePolicy: Retain\n" => "    UpdateReplacePolicy: Delete\n";
    tables_are_kept in ROOT MainTable:
        "DeletionProtectionEnabled: true" => "DeletionProtectionEnabled: false";
    tables_are_kept in ROOT MainTable:
        "PointInTimeRecoveryEnabled: true" => "PointInTimeRecoveryEnabled: false";
    tables_on_demand in ROOT MainTable: "PAY_PER_REQUEST" => "PROVISIONED";
    tables_as_the_store in ROOT MainTable: "AttributeName: ttl" => "AttributeName: expires_at";
    tables_as_the_store in ROOT DeliveriesTable: "IndexName: by_due" => "IndexName: by_time";
    tables_as_the_store in ROOT MainTable: "ProjectionType: KEYS_ONLY" => "ProjectionType: ALL";
    tables_as_the_store in ROOT MainTable:
        "        - AttributeName: sk\n          KeyType: RANGE\n" => "";
    streams in ROOT MainTable: "NEW_IMAGE" => "NEW_AND_OLD_IMAGES";
    streams in ROOT DeliveriesTable:
        "      AttributeDefinitions:"
        => "      StreamSpecification: {StreamViewType: NEW_IMAGE}\n      AttributeDefinitions:";
    dead_letters in ROOT LiveQueue: "maxReceiveCount: 5" => "maxReceiveCount: 1";
    dead_letters in ROOT LiveQueue:
        "MessageRetentionPeriod: 345600" => "MessageRetentionPeriod: 1209600";
    queue_encryption in ROOT LiveDeadQueue:
        "SqsManagedSseEnabled: true" => "SqsManagedSseEnabled: false";
    tls_only in ROOT LiveQueuePolicy of LiveQueue: "\"false\"" => "\"true\"";
    tls_only in ROOT LiveQueuePolicy of LiveQueue:
        "Queues: [!Ref LiveQueue]" => "Queues: [!Ref RetryQueue]";
    tls_only in ROOT FilesBucketPolicy of FilesBucket: "s3:*" => "s3:PutObject";
    buckets in ROOT FilesBucket: "BlockPublicPolicy: true" => "BlockPublicPolicy: false";
    buckets in ROOT FilesBucket:
        "Status: Enabled\n            Abort" => "Status: Disabled\n            Abort";
    buckets in ROOT FilesBucket: "    DeletionPolicy: RetainExceptOnCreate\n" => "";
    secrets in ROOT Pepper: "    DeletionPolicy: RetainExceptOnCreate\n" => "";
    secrets in ROOT Pepper: "PasswordLength: 64" => "PasswordLength: 12";
    log_retention in ROOT ApiLog: "      RetentionInDays: !Ref LogRetentionDays\n" => "";
    log_retention in PAYIN CreateChargeLog: "!Ref LogRetentionDays" => "!Ref Stage";
    own_logs in PAYIN ListCharges: "!Ref ListChargesLog" => "!Ref NoLog";
    own_logs in PAYIN CreateChargeRole of CreateCharge:
        "!GetAtt CreateChargeLog.Arn" => "!GetAtt ListChargesLog.Arn";
}

broken! { ALARMS:
    dead_letter_alarms in ROOT LiveDeadAlarm of LiveDeadQueue:
        "!GetAtt LiveDeadQueue.QueueName" => "!GetAtt LiveQueue.QueueName";
    dead_letter_alarms in ROOT JobsDeadAlarm of JobsDeadQueue:
        "!GetAtt JobsDeadQueue.QueueName" => "!GetAtt LiveQueue.QueueName";
    function_alarms in DISPATCH SendRetriesSource of SendRetries:
        "MetricName: Throttles" => "MetricName: Invocations";
    function_alarms in RELAY RelayChangesSource of RelayChanges:
        "MetricName: IteratorAge" => "MetricName: Errors";
    stopped_alarms in SCHEDULER SweepEventsStopped of SweepEvents:
        "TreatMissingData: breaching" => "TreatMissingData: missing";
    alarms_notify in ROOT ApiErrorsAlarm: "AlarmActions: [!Ref AlarmTopic]" => "AlarmActions: []";
    alarms_notify in ROOT ApiErrorsAlarm:
        "OKActions: [!Ref AlarmTopic]" => "OKActions: [!Ref LiveQueue]";
    dashboards in ROOT Dashboard: "\\\"Duration\\\"" => "\"Duration\"";
    alarms_in_the_runbook in ROOT ApiErrorsAlarm:
        "docs/runbook.md#api-errors" => "docs/runbook.md#api-fails";
    alarms_in_the_runbook in ROOT ApiErrorsAlarm: " docs/runbook.md#api-errors" => "";
    alarm_severities in ROOT ApiErrorsAlarm: "\"Wake: " => "\"Tomorrow: ";
    alarm_severities in ROOT ApiErrorsAlarm: "\"Wake: " => "\"";
    given_parameters in ROOT Scheduler: "        LogLevel: !Ref LogLevel\n" => "";
    given_parameters in ROOT Scheduler: "        Stage:" => "        Api: x\n        Stage:";
}

fn all_broken() -> impl Iterator<Item = &'static BrokenTemplate> {
    ROLES.iter().chain(API_RULES).chain(FUNCTIONS).chain(KEPT).chain(ALARMS)
}

/// Returns exactly the rules that a template with a changed resource breaks, and where.
fn found(template: &str, id: &str, from: &str, to: &str) -> BTreeSet<(&'static str, String)> {
    let (_, text) = COMMITTED.texts.iter().find(|(name, _)| name == template).expect("a template");
    let (resource, section) = (format!("\n  {id}:\n"), format!("\n{id}:\n"));
    let begins = text.find(&resource).or_else(|| text.find(&section));
    let begins = begins.unwrap_or_else(|| panic!("infra/{template} has no {id}"));
    let (before, rest) = text.split_at(begins + 1);
    // The line of the resource itself stays.
    let (line, rest) = rest.split_once('\n').expect("a line");
    assert!(rest.contains(from), "infra/{template} has no {from} in {id}");
    let changed = format!("{before}{line}\n{}", rest.replacen(from, to, 1));
    let deployment = COMMITTED.deployment.with(template, &changed).expect("a template still");
    deployment.violations().into_iter().map(|found| (found.rule, found.resource)).collect()
}

#[test]
fn each_rule_finds_what_breaks_it_and_no_other_does() {
    let mut wrong = String::new();
    for broken in all_broken() {
        let BrokenTemplate { rule, template, changed, from, to, found: at } = broken;
        let found = found(template, changed, from, to);
        let only = found.iter().all(|(other, _)| other == rule);
        if !only || !found.contains(&(*rule, (*at).to_owned())) {
            wrong.push_str(&format!("\n{rule}, {template}, {changed}: {from} => {to}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_rule_is_broken_once_at_least() {
    let broken: BTreeSet<_> = all_broken().map(|broken| broken.rule).collect();
    assert_eq!(broken, stack::rules().collect(), "a rule that nothing breaks may find nothing");
}

#[test]
fn two_functions_with_one_role_are_found() {
    let found = found(PAYIN, "ListCharges", "ListChargesRole.Arn", "CreateChargeRole.Arn");
    assert!(found.contains(&("one_role_each", "CreateChargeRole".to_owned())), "{found:?}");
}

#[test]
fn a_function_that_is_missing_is_found() {
    let found = found(PAYIN, "CreateCharge", "AWS::Lambda::Function", "AWS::Lambda::Alias");
    assert!(found.contains(&("functions", "payin".to_owned())), "{found:?}");
}

#[test]
fn an_entry_of_the_runbook_that_no_alarm_has_is_found() {
    let text = read(RUNBOOK).replacen("### api-errors\n", "### api-errors\n\n### gone\n", 1);
    let violations = COMMITTED.deployment.with_runbook(&text).violations();
    let found: Vec<_> =
        violations.iter().map(|found| (found.rule, found.resource.as_str())).collect();
    assert_eq!(found, [("alarms_in_the_runbook", "gone")]);
}

#[test]
fn a_dead_letter_queue_without_an_instruction_is_found() {
    let row = "| `OrdersDeadQueue` | `orders-dead` | put back |\n";
    let text = read(RUNBOOK);
    assert!(text.contains(row));
    let violations = COMMITTED.deployment.with_runbook(&text.replacen(row, "", 1)).violations();
    let found: BTreeSet<_> =
        violations.iter().map(|found| (found.rule, found.resource.as_str())).collect();
    assert_eq!(found, BTreeSet::from([("alarm_severities", "OrdersDeadQueue")]));
}
