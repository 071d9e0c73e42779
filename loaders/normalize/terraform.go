package normalize

import "github.com/iblint/iblint/loaders/graph"

// terraformReader returns how a resource type of the aws provider is read, nil
// for types that no rule reads. Argument names are those of hashicorp/aws 6.
func terraformReader(resourceType string) reader {
	for _, table := range []func(string) reader{
		terraformImageBuilder, terraformKMS, terraformIAM, terraformEC2, terraformOrganization,
	} {
		if read := table(resourceType); read != nil {
			return read
		}
	}
	return nil
}

func terraformImageBuilder(resourceType string) reader {
	switch resourceType {
	case "aws_imagebuilder_image_recipe":
		return readTerraformRecipe
	case "aws_imagebuilder_container_recipe":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindContainerRecipe, &graph.ContainerRecipe{Name: a.value("name")}
		}
	case "aws_imagebuilder_distribution_configuration":
		return readTerraformDistribution
	case "aws_imagebuilder_infrastructure_configuration":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindInfrastructure, &graph.InfrastructureConfiguration{
				Name: a.value("name"), InstanceProfile: a.value("instance_profile_name"),
			}
		}
	case "aws_imagebuilder_image_pipeline":
		return func(a attributes) (graph.Kind, any) { return graph.KindImagePipeline, terraformPipeline(a) }
	case "aws_imagebuilder_image":
		return func(a attributes) (graph.Kind, any) { return graph.KindImage, terraformPipeline(a) }
	case "aws_imagebuilder_workflow":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindWorkflow, &graph.Workflow{
				Name: a.value("name"), Version: a.value("version"), Type: a.value("type"), Data: a.value("data"),
			}
		}
	}
	return nil
}

func readTerraformRecipe(a attributes) (graph.Kind, any) {
	recipe := &graph.ImageRecipe{
		Name: a.value("name"), Version: a.value("version"), ParentImage: a.value("parent_image"),
	}
	mappings, more := a.blocks("block_device_mapping")
	recipe.BlockDevicesUnknown = more
	for _, mapping := range mappings {
		ebs, _ := mapping.block("ebs")
		_, ebsMore := mapping.blocks("ebs")
		recipe.BlockDevices = append(recipe.BlockDevices, graph.BlockDevice{
			DeviceName:  mapping.value("device_name"),
			NoDevice:    mapping.truth("no_device"),
			VirtualName: mapping.value("virtual_name"),
			Encrypted:   orUnknown(ebs.truth("encrypted"), ebsMore),
			KMSKey:      orUnknown(ebs.value("kms_key_id"), ebsMore),
			Snapshot:    orUnknown(ebs.value("snapshot_id"), ebsMore),
			Self:        mapping.place(),
		})
	}
	return graph.KindImageRecipe, recipe
}

func readTerraformDistribution(a attributes) (graph.Kind, any) {
	entries, more := a.blocks("distribution")
	configuration := &graph.DistributionConfiguration{Name: a.value("name"), DistributionsUnknown: more}
	for _, entry := range entries {
		configuration.Distributions = append(configuration.Distributions, terraformDistribution(entry))
	}
	return graph.KindDistributionConfiguration, configuration
}

func terraformDistribution(entry attributes) graph.Distribution {
	d := graph.Distribution{Region: entry.value("region"), S3Export: graph.Absent(), Self: entry.place()}
	d.AMI = terraformAMIDistribution(entry)
	if export, ok := entry.block("s3_export_configuration"); ok {
		d.S3Export = export.Value
	} else if _, more := entry.blocks("s3_export_configuration"); !more.IsAbsent() {
		d.S3Export = more
	}
	templates, _ := entry.blocks("launch_template_configuration")
	for _, t := range templates {
		d.LaunchTemplates = append(d.LaunchTemplates, graph.LaunchTemplateUse{
			LaunchTemplateID: t.value("launch_template_id"), AccountID: t.value("account_id"), SetDefault: t.truth("default"),
		})
	}
	launches, _ := entry.blocks("fast_launch_configuration")
	for _, l := range launches {
		d.FastLaunch = append(d.FastLaunch, graph.FastLaunch{AccountID: l.value("account_id"), Enabled: l.truth("enabled")})
	}
	parameters, _ := entry.blocks("ssm_parameter_configuration")
	for _, p := range parameters {
		d.SSMParameters = append(d.SSMParameters, graph.SSMParameterUpdate{
			ParameterName: p.value("parameter_name"), AMIAccountID: p.value("ami_account_id"), DataType: p.value("data_type"),
		})
	}
	return d
}

func terraformAMIDistribution(entry attributes) *graph.AMIDistribution {
	blocks, more := entry.blocks("ami_distribution_configuration")
	if len(blocks) == 0 {
		if more.IsAbsent() {
			return nil
		}
		return &graph.AMIDistribution{KMSKey: more, TargetAccountIDs: more, LaunchPermission: unknownPermission(more), Self: more}
	}
	ami := blocks[0]
	return &graph.AMIDistribution{
		Name:             ami.value("name"),
		KMSKey:           ami.value("kms_key_id"),
		TargetAccountIDs: ami.list("target_account_ids"),
		LaunchPermission: launchPermission(ami, "launch_permission",
			"user_ids", "user_groups", "organization_arns", "organizational_unit_arns"),
		Self: ami.place(),
	}
}

// launchPermission reads a launch permission whose four lists have the given
// names.
func launchPermission(ami attributes, block, users, groups, organizations, units string) *graph.LaunchPermission {
	blocks, more := ami.blocks(block)
	if len(blocks) == 0 {
		if more.IsAbsent() {
			return nil
		}
		return unknownPermission(more)
	}
	permission := blocks[0]
	return &graph.LaunchPermission{
		UserIDs:                permission.list(users),
		UserGroups:             permission.list(groups),
		OrganizationARNs:       permission.list(organizations),
		OrganizationalUnitARNs: permission.list(units),
		Self:                   permission.place(),
	}
}

func unknownPermission(more graph.Value) *graph.LaunchPermission {
	return &graph.LaunchPermission{
		UserIDs: more, UserGroups: more, OrganizationARNs: more, OrganizationalUnitARNs: more, Self: graph.Map(),
	}
}

func terraformPipeline(a attributes) *graph.ImagePipeline {
	return &graph.ImagePipeline{
		Name:                        a.value("name"),
		ImageRecipe:                 a.value("image_recipe_arn"),
		ContainerRecipe:             a.value("container_recipe_arn"),
		DistributionConfiguration:   a.value("distribution_configuration_arn"),
		InfrastructureConfiguration: a.value("infrastructure_configuration_arn"),
		ExecutionRole:               a.value("execution_role"),
		Workflows:                   workflows(a, "workflow", "workflow_arn"),
		Status:                      a.value("status"),
	}
}

func workflows(a attributes, block, argument string) graph.Value {
	blocks, more := a.blocks(block)
	if !more.IsAbsent() {
		return more
	}
	if len(blocks) == 0 {
		return graph.Absent()
	}
	items := make([]graph.Value, 0, len(blocks))
	for _, b := range blocks {
		items = append(items, b.value(argument))
	}
	return graph.List(items...)
}
