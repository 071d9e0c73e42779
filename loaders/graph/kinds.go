package graph

// Kind says what a resource means to the rules, whatever the dialect.
type Kind string

// The kinds. Each has a struct of normalized properties below; the JSON names
// of its fields are what rules read.
const (
	KindImageRecipe               Kind = "image_recipe"
	KindContainerRecipe           Kind = "container_recipe"
	KindDistributionConfiguration Kind = "distribution_configuration"
	KindInfrastructure            Kind = "infrastructure_configuration"
	KindImagePipeline             Kind = "image_pipeline"
	KindImage                     Kind = "image"
	KindWorkflow                  Kind = "workflow"
	KindKMSKey                    Kind = "kms_key"
	KindKMSKeyPolicy              Kind = "kms_key_policy"
	KindKMSAlias                  Kind = "kms_alias"
	KindKMSGrant                  Kind = "kms_grant"
	KindIAMRole                   Kind = "iam_role"
	KindIAMPolicy                 Kind = "iam_policy"
	KindIAMRolePolicy             Kind = "iam_role_policy"
	KindIAMPolicyAttachment       Kind = "iam_policy_attachment"
	KindIAMAttachmentsExclusive   Kind = "iam_role_policy_attachments_exclusive"
	KindIAMRolePoliciesExclusive  Kind = "iam_role_policies_exclusive"
	KindIAMServiceLinkedRole      Kind = "iam_service_linked_role"
	KindEBSEncryptionByDefault    Kind = "ebs_encryption_by_default"
	KindEBSDefaultKMSKey          Kind = "ebs_default_kms_key"
	KindAMI                       Kind = "ami"
	KindAMILaunchPermission       Kind = "ami_launch_permission"
	KindEBSSnapshot               Kind = "ebs_snapshot"
	KindSnapshotPermission        Kind = "snapshot_create_volume_permission"
	KindAccountRegion             Kind = "account_region"
	KindLaunchTemplate            Kind = "launch_template"
	KindAutoScalingGroup          Kind = "autoscaling_group"
	KindSSMParameter              Kind = "ssm_parameter"
	KindAllowedImages             Kind = "allowed_images_settings"
	KindOrganizationsPolicy       Kind = "organizations_policy"
	KindOrganizationsAttachment   Kind = "organizations_policy_attachment"
	KindCustomResource            Kind = "custom_resource"
)

// ImageRecipe is a recipe of an AMI.
type ImageRecipe struct {
	Name         Value         `json:"name"`
	Version      Value         `json:"version"`
	ParentImage  Value         `json:"parent_image"`
	BlockDevices []BlockDevice `json:"block_devices"`
	// BlockDevicesUnknown is unknown when there may be more mappings than
	// BlockDevices, else absent.
	BlockDevicesUnknown Value `json:"block_devices_unknown"`
}

// BlockDevice is a block device mapping of a recipe or an AMI.
type BlockDevice struct {
	DeviceName  Value `json:"device_name"`
	NoDevice    Value `json:"no_device"` // bool: true removes the device
	VirtualName Value `json:"virtual_name"`
	Encrypted   Value `json:"encrypted"` // bool
	KMSKey      Value `json:"kms_key"`
	Snapshot    Value `json:"snapshot"`
	// Self is a map with no fields that carries the place of the mapping.
	Self Value `json:"self"`
}

// ContainerRecipe is a recipe of a container image; no AMI comes from it.
type ContainerRecipe struct {
	Name Value `json:"name"`
}

// DistributionConfiguration says where AMIs go.
type DistributionConfiguration struct {
	Name          Value          `json:"name"`
	Distributions []Distribution `json:"distributions"`
	// DistributionsUnknown is unknown when there may be more entries.
	DistributionsUnknown Value `json:"distributions_unknown"`
}

// Distribution is one entry: what happens in one Region.
type Distribution struct {
	Region          Value                `json:"region"`
	AMI             *AMIDistribution     `json:"ami"`
	LaunchTemplates []LaunchTemplateUse  `json:"launch_templates"`
	FastLaunch      []FastLaunch         `json:"fast_launch"`
	SSMParameters   []SSMParameterUpdate `json:"ssm_parameters"`
	S3Export        Value                `json:"s3_export"` // map, or absent
	Self            Value                `json:"self"`
}

// AMIDistribution is the AMI part of a distribution entry.
type AMIDistribution struct {
	Name   Value `json:"name"`
	KMSKey Value `json:"kms_key"`
	// TargetAccountIDs is a list of strings, or unknown.
	TargetAccountIDs Value             `json:"target_account_ids"`
	LaunchPermission *LaunchPermission `json:"launch_permission"`
	Self             Value             `json:"self"`
}

// LaunchPermission names who may launch an AMI that stays in its account. Each
// field is a list of strings, unknown, or absent.
type LaunchPermission struct {
	UserIDs                Value `json:"user_ids"`
	UserGroups             Value `json:"user_groups"`
	OrganizationARNs       Value `json:"organization_arns"`
	OrganizationalUnitARNs Value `json:"organizational_unit_arns"`
	Self                   Value `json:"self"`
}

// LaunchTemplateUse sets a launch template to the new AMI.
type LaunchTemplateUse struct {
	LaunchTemplateID Value `json:"launch_template_id"`
	AccountID        Value `json:"account_id"`
	SetDefault       Value `json:"set_default"`
}

// FastLaunch pre-provisions Windows images.
type FastLaunch struct {
	AccountID Value `json:"account_id"`
	Enabled   Value `json:"enabled"`
}

// SSMParameterUpdate writes the AMI ID to a parameter.
type SSMParameterUpdate struct {
	ParameterName Value `json:"parameter_name"`
	AMIAccountID  Value `json:"ami_account_id"`
	DataType      Value `json:"data_type"`
}

// InfrastructureConfiguration is where the build instance runs.
type InfrastructureConfiguration struct {
	Name            Value `json:"name"`
	InstanceProfile Value `json:"instance_profile"`
}

// ImagePipeline is a pipeline or (kind image) one build.
type ImagePipeline struct {
	Name                        Value `json:"name"`
	ImageRecipe                 Value `json:"image_recipe"`
	ContainerRecipe             Value `json:"container_recipe"`
	DistributionConfiguration   Value `json:"distribution_configuration"`
	InfrastructureConfiguration Value `json:"infrastructure_configuration"`
	ExecutionRole               Value `json:"execution_role"`
	// Workflows is a list of workflow ARNs, unknown, or absent.
	Workflows Value `json:"workflows"`
	Status    Value `json:"status"`
}

// Workflow is a custom workflow document.
type Workflow struct {
	Name    Value `json:"name"`
	Version Value `json:"version"`
	Type    Value `json:"type"`
	Data    Value `json:"data"`
}

// KMSKey is a key: customer managed, imported or replica.
type KMSKey struct {
	// Policy is nil when none is written: AWS then attaches the default policy.
	Policy      *Document `json:"policy"`
	Enabled     Value     `json:"enabled"`
	KeyUsage    Value     `json:"key_usage"`
	KeySpec     Value     `json:"key_spec"`
	MultiRegion Value     `json:"multi_region"`
	Origin      Value     `json:"origin"`
	// State is AWS's KeyState, where a fact gives it.
	State Value `json:"state"`
	// Manager is "AWS" or "CUSTOMER" where a fact gives it.
	Manager Value `json:"manager"`
	// KeyMaterial is absent when an external key gets no material here.
	KeyMaterial Value `json:"key_material"`
	ValidTo     Value `json:"valid_to"`
	// PrimaryKey is set for replicas.
	PrimaryKey Value `json:"primary_key"`
	// BypassLockoutCheck is bypass_policy_lockout_safety_check.
	BypassLockoutCheck Value `json:"bypass_policy_lockout_safety_check"`
	// Tags is a map, unknown, or absent when none are written.
	Tags Value `json:"tags"`
}

// KMSKeyPolicy is a key policy as a resource of its own.
type KMSKeyPolicy struct {
	Key    Value     `json:"key"`
	Policy *Document `json:"policy"`
}

// KMSAlias is an alias of a key.
type KMSAlias struct {
	Name      Value `json:"name"`
	TargetKey Value `json:"target_key"`
}

// KMSGrant is a grant on a key.
type KMSGrant struct {
	Key               Value `json:"key"`
	GranteePrincipal  Value `json:"grantee_principal"`
	RetiringPrincipal Value `json:"retiring_principal"`
	Operations        Value `json:"operations"` // list
	// Constraints is a list of maps as Terraform writes them, or absent.
	Constraints Value `json:"constraints"`
}

// IAMRole is a role.
type IAMRole struct {
	Name             Value     `json:"name"`
	NamePrefix       Value     `json:"name_prefix"`
	Path             Value     `json:"path"`
	AssumeRolePolicy *Document `json:"assume_role_policy"`
	// ManagedPolicyARNs is a list, unknown, or absent when not written.
	ManagedPolicyARNs Value `json:"managed_policy_arns"`
	// ExclusiveAttachments is true where ManagedPolicyARNs removes all others
	// (Terraform; in CloudFormation it does not).
	ExclusiveAttachments bool           `json:"exclusive_attachments"`
	InlinePolicies       []InlinePolicy `json:"inline_policies"`
	// InlinePoliciesUnknown is unknown when there may be more.
	InlinePoliciesUnknown Value `json:"inline_policies_unknown"`
	ExclusiveInline       bool  `json:"exclusive_inline"`
	PermissionsBoundary   Value `json:"permissions_boundary"`
	// Tags is a map, unknown, or absent when none are written.
	Tags Value `json:"tags"`
}

// InlinePolicy is a policy written in a role.
type InlinePolicy struct {
	Name   Value     `json:"name"`
	Policy *Document `json:"policy"`
}

// IAMPolicy is a customer managed policy.
type IAMPolicy struct {
	Name   Value     `json:"name"`
	Path   Value     `json:"path"`
	Policy *Document `json:"policy"`
	// Roles is a list of role names that it attaches itself to
	// (CloudFormation), or absent.
	Roles Value `json:"roles"`
}

// IAMRolePolicy is an inline policy as a resource of its own.
type IAMRolePolicy struct {
	Name   Value     `json:"name"`
	Policy *Document `json:"policy"`
	// Roles is a list of role names.
	Roles Value `json:"roles"`
}

// IAMPolicyAttachment attaches a managed policy to roles.
type IAMPolicyAttachment struct {
	PolicyARN Value `json:"policy_arn"`
	Roles     Value `json:"roles"` // list
	// Exclusive is true for aws_iam_policy_attachment, which detaches the
	// policy from every other role of the account.
	Exclusive bool `json:"exclusive"`
}

// IAMAttachmentsExclusive fixes the complete list of attached policies.
type IAMAttachmentsExclusive struct {
	Role       Value `json:"role"`
	PolicyARNs Value `json:"policy_arns"`
}

// IAMRolePoliciesExclusive fixes the complete list of inline policies.
type IAMRolePoliciesExclusive struct {
	Role        Value `json:"role"`
	PolicyNames Value `json:"policy_names"`
}

// IAMServiceLinkedRole is a service-linked role.
type IAMServiceLinkedRole struct {
	ServiceName Value `json:"service_name"`
}

// EBSEncryptionByDefault is the account setting of a Region.
type EBSEncryptionByDefault struct {
	Enabled Value `json:"enabled"`
}

// EBSDefaultKMSKey is the default EBS key of a Region.
type EBSDefaultKMSKey struct {
	Key Value `json:"key"`
}

// AMI is an image made or copied by a template, or known from a fact.
type AMI struct {
	// Source is the AMI that it is a copy of, else absent.
	Source       Value         `json:"source"`
	SourceRegion Value         `json:"source_region"`
	Owner        Value         `json:"owner"`
	Public       Value         `json:"public"`
	RootDevice   Value         `json:"root_device"`
	BlockDevices []BlockDevice `json:"block_devices"`
	// BlockDevicesUnknown is unknown when the list may be longer.
	BlockDevicesUnknown Value `json:"block_devices_unknown"`
	// Encrypted and KMSKey are those of a copy (aws_ami_copy).
	Encrypted Value `json:"encrypted"`
	KMSKey    Value `json:"kms_key"`
}

// AMILaunchPermission shares an AMI outside Image Builder.
type AMILaunchPermission struct {
	Image                 Value `json:"image"`
	AccountID             Value `json:"account_id"`
	Group                 Value `json:"group"`
	OrganizationARN       Value `json:"organization_arn"`
	OrganizationalUnitARN Value `json:"organizational_unit_arn"`
}

// EBSSnapshot is a snapshot made or copied by a template or known from a fact.
type EBSSnapshot struct {
	Encrypted Value `json:"encrypted"`
	KMSKey    Value `json:"kms_key"`
	Owner     Value `json:"owner"`
	Source    Value `json:"source"`
}

// SnapshotPermission shares a snapshot with an account.
type SnapshotPermission struct {
	Snapshot  Value `json:"snapshot"`
	AccountID Value `json:"account_id"`
}

// AccountRegion opts an account in to a Region.
type AccountRegion struct {
	RegionName Value `json:"region_name"`
	Enabled    Value `json:"enabled"`
	AccountID  Value `json:"account_id"`
}

// LaunchTemplate is an EC2 launch template.
type LaunchTemplate struct {
	Name  Value `json:"name"`
	Image Value `json:"image"`
}

// AutoScalingGroup is an Auto Scaling group.
type AutoScalingGroup struct {
	Name           Value `json:"name"`
	LaunchTemplate Value `json:"launch_template"`
}

// SSMParameter is a Systems Manager parameter.
type SSMParameter struct {
	Name     Value `json:"name"`
	Value    Value `json:"value"`
	DataType Value `json:"data_type"`
}

// AllowedImages is the Allowed AMIs setting of an account.
type AllowedImages struct {
	State Value `json:"state"`
	// Providers is a list of image providers over all criteria.
	Providers Value `json:"providers"`
}

// OrganizationsPolicy is a service or resource control policy.
type OrganizationsPolicy struct {
	Type    Value     `json:"type"`
	Content *Document `json:"content"`
	// Targets is a list of accounts, units or roots (CloudFormation).
	Targets Value `json:"targets"`
}

// OrganizationsAttachment attaches an organization policy.
type OrganizationsAttachment struct {
	Policy Value `json:"policy"`
	Target Value `json:"target"`
}

// CustomResource is a CloudFormation custom resource: what it does is not
// known.
type CustomResource struct {
	ServiceToken Value `json:"service_token"`
	// References are logical IDs of resources that it is given.
	References Value `json:"references"`
}
