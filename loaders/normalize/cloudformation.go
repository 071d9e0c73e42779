package normalize

import (
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// cloudFormationReader returns how a CloudFormation resource type is read, nil
// for types that no rule reads.
func cloudFormationReader(resourceType string) reader {
	for _, table := range []func(string) reader{
		cloudFormationImageBuilder, cloudFormationKMS, cloudFormationIAM, cloudFormationOther,
	} {
		if read := table(resourceType); read != nil {
			return read
		}
	}
	return nil
}

func cloudFormationImageBuilder(resourceType string) reader {
	switch resourceType {
	case "AWS::ImageBuilder::ImageRecipe":
		return readRecipe
	case "AWS::ImageBuilder::ContainerRecipe":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindContainerRecipe, &graph.ContainerRecipe{Name: a.value("Name")}
		}
	case "AWS::ImageBuilder::DistributionConfiguration":
		return readDistributionConfiguration
	case "AWS::ImageBuilder::InfrastructureConfiguration":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindInfrastructure, &graph.InfrastructureConfiguration{
				Name: a.value("Name"), InstanceProfile: a.value("InstanceProfileName"),
			}
		}
	case "AWS::ImageBuilder::ImagePipeline":
		return func(a attributes) (graph.Kind, any) { return graph.KindImagePipeline, pipeline(a) }
	case "AWS::ImageBuilder::Image":
		return func(a attributes) (graph.Kind, any) { return graph.KindImage, pipeline(a) }
	case "AWS::ImageBuilder::Workflow":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindWorkflow, &graph.Workflow{
				Name: a.value("Name"), Version: a.value("Version"), Type: a.value("Type"), Data: a.value("Data"),
			}
		}
	}
	return nil
}

func readRecipe(a attributes) (graph.Kind, any) {
	recipe := &graph.ImageRecipe{
		Name: a.value("Name"), Version: a.value("Version"), ParentImage: a.value("ParentImage"),
	}
	mappings, more := a.blocks("BlockDeviceMappings")
	recipe.BlockDevicesUnknown = more
	for _, mapping := range mappings {
		ebs, _ := mapping.block("Ebs")
		_, ebsMore := mapping.blocks("Ebs")
		recipe.BlockDevices = append(recipe.BlockDevices, graph.BlockDevice{
			DeviceName:  mapping.value("DeviceName"),
			NoDevice:    noDevice(mapping),
			VirtualName: mapping.value("VirtualName"),
			Encrypted:   orUnknown(ebs.truth("Encrypted"), ebsMore),
			KMSKey:      orUnknown(ebs.value("KmsKeyId"), ebsMore),
			Snapshot:    orUnknown(ebs.value("SnapshotId"), ebsMore),
			Self:        mapping.place(),
		})
	}
	return graph.KindImageRecipe, recipe
}

// noDevice: the property is a string whose presence, even empty, removes the
// device.
func noDevice(mapping attributes) graph.Value {
	v := mapping.Field("NoDevice")
	switch v.Kind() {
	case graph.KindAbsent, graph.KindInvalid, graph.KindUnknown, graph.KindChoice:
		return v
	default: // written, whatever it says
	}
	return graph.Bool(true).WithRange(v.Range())
}

func readDistributionConfiguration(a attributes) (graph.Kind, any) {
	entries, more := a.blocks("Distributions")
	configuration := &graph.DistributionConfiguration{Name: a.value("Name"), DistributionsUnknown: more}
	for _, entry := range entries {
		configuration.Distributions = append(configuration.Distributions, distribution(entry))
	}
	return graph.KindDistributionConfiguration, configuration
}

func distribution(entry attributes) graph.Distribution {
	d := graph.Distribution{Region: entry.value("Region"), S3Export: graph.Absent(), Self: entry.place()}
	d.AMI = amiDistribution(entry)
	templates, _ := entry.blocks("LaunchTemplateConfigurations")
	for _, t := range templates {
		d.LaunchTemplates = append(d.LaunchTemplates, graph.LaunchTemplateUse{
			LaunchTemplateID: t.value("LaunchTemplateId"), AccountID: t.value("AccountId"),
			SetDefault: t.truth("SetDefaultVersion"),
		})
	}
	launches, _ := entry.blocks("FastLaunchConfigurations")
	for _, l := range launches {
		d.FastLaunch = append(d.FastLaunch, graph.FastLaunch{AccountID: l.value("AccountId"), Enabled: l.truth("Enabled")})
	}
	parameters, _ := entry.blocks("SsmParameterConfigurations")
	for _, p := range parameters {
		d.SSMParameters = append(d.SSMParameters, graph.SSMParameterUpdate{
			ParameterName: p.value("ParameterName"), AMIAccountID: p.value("AmiAccountId"), DataType: p.value("DataType"),
		})
	}
	return d
}

func amiDistribution(entry attributes) *graph.AMIDistribution {
	blocks, more := entry.blocks("AmiDistributionConfiguration")
	if len(blocks) == 0 {
		if more.IsAbsent() {
			return nil
		}
		return &graph.AMIDistribution{KMSKey: more, TargetAccountIDs: more, LaunchPermission: unknownPermission(more), Self: more}
	}
	ami := blocks[0]
	return &graph.AMIDistribution{
		Name:             ami.value("Name"),
		KMSKey:           ami.value("KmsKeyId"),
		TargetAccountIDs: ami.list("TargetAccountIds"),
		LaunchPermission: launchPermission(ami, "LaunchPermissionConfiguration",
			"UserIds", "UserGroups", "OrganizationArns", "OrganizationalUnitArns"),
		Self: ami.place(),
	}
}

func pipeline(a attributes) *graph.ImagePipeline {
	return &graph.ImagePipeline{
		Name:                        a.value("Name"),
		ImageRecipe:                 a.value("ImageRecipeArn"),
		ContainerRecipe:             a.value("ContainerRecipeArn"),
		DistributionConfiguration:   a.value("DistributionConfigurationArn"),
		InfrastructureConfiguration: a.value("InfrastructureConfigurationArn"),
		ExecutionRole:               a.value("ExecutionRole"),
		Workflows:                   workflows(a, "Workflows", "WorkflowArn"),
		Status:                      a.value("Status"),
	}
}

func cloudFormationKMS(resourceType string) reader {
	switch resourceType {
	case "AWS::KMS::Key", "AWS::KMS::ReplicaKey":
		return func(a attributes) (graph.Kind, any) {
			key := &graph.KMSKey{
				Policy: a.document("KeyPolicy"), Enabled: a.truth("Enabled"), KeyUsage: a.value("KeyUsage"),
				KeySpec: a.value("KeySpec"), MultiRegion: a.truth("MultiRegion"), Origin: a.value("Origin"),
				PrimaryKey:         a.value("PrimaryKeyArn"),
				BypassLockoutCheck: a.truth("BypassPolicyLockoutSafetyCheck"),
				Tags:               a.tags("Tags"),
			}
			if resourceType == "AWS::KMS::ReplicaKey" {
				key.MultiRegion = graph.Bool(true)
			}
			return graph.KindKMSKey, key
		}
	case "AWS::KMS::Alias":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindKMSAlias, &graph.KMSAlias{Name: a.value("AliasName"), TargetKey: a.value("TargetKeyId")}
		}
	}
	return nil
}

func cloudFormationOther(resourceType string) reader {
	switch resourceType {
	case "AWS::EC2::LaunchTemplate":
		return func(a attributes) (graph.Kind, any) {
			data, _ := a.block("LaunchTemplateData")
			return graph.KindLaunchTemplate, &graph.LaunchTemplate{
				Name: a.value("LaunchTemplateName"), Image: data.value("ImageId"),
			}
		}
	case "AWS::AutoScaling::LaunchConfiguration":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindLaunchTemplate, &graph.LaunchTemplate{
				Name: a.value("LaunchConfigurationName"), Image: a.value("ImageId"),
			}
		}
	case "AWS::AutoScaling::AutoScalingGroup":
		return func(a attributes) (graph.Kind, any) {
			template, _ := a.block("LaunchTemplate")
			return graph.KindAutoScalingGroup, &graph.AutoScalingGroup{
				Name: a.value("AutoScalingGroupName"),
				LaunchTemplate: firstPresent(template.value("LaunchTemplateId"), template.value("LaunchTemplateName"),
					a.value("LaunchConfigurationName")),
			}
		}
	case "AWS::SSM::Parameter":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindSSMParameter, &graph.SSMParameter{
				Name: a.value("Name"), Value: a.value("Value"), DataType: a.value("DataType"),
			}
		}
	case "AWS::Organizations::Policy":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindOrganizationsPolicy, &graph.OrganizationsPolicy{
				Type: a.value("Type"), Content: a.document("Content"), Targets: a.list("TargetIds"),
			}
		}
	}
	if resourceType == "AWS::CloudFormation::CustomResource" || strings.HasPrefix(resourceType, "Custom::") {
		return readCustomResource
	}
	return nil
}

func readCustomResource(a attributes) (graph.Kind, any) {
	return graph.KindCustomResource, &graph.CustomResource{ServiceToken: a.value("ServiceToken"), References: a.Value}
}
