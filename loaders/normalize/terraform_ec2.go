package normalize

import "github.com/iblint/iblint/loaders/graph"

func terraformEC2(resourceType string) reader {
	switch resourceType {
	case "aws_ebs_encryption_by_default":
		return readEncryptionByDefault
	case "aws_ebs_default_kms_key":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindEBSDefaultKMSKey, &graph.EBSDefaultKMSKey{Key: a.value("key_arn")}
		}
	case "aws_ami", "aws_ami_copy", "aws_ami_from_instance":
		return amiReader(resourceType)
	case "aws_ami_launch_permission":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindAMILaunchPermission, &graph.AMILaunchPermission{
				Image: a.value("image_id"), AccountID: a.value("account_id"), Group: a.value("group"),
				OrganizationARN:       a.value("organization_arn"),
				OrganizationalUnitARN: a.value("organizational_unit_arn"),
			}
		}
	case "aws_ebs_snapshot", "aws_ebs_snapshot_copy", "aws_ebs_snapshot_import":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindEBSSnapshot, &graph.EBSSnapshot{
				Encrypted: a.truth("encrypted"), KMSKey: a.value("kms_key_id"), Owner: graph.String("self"),
				Source: firstPresent(a.value("source_snapshot_id"), a.value("volume_id")),
			}
		}
	case "aws_snapshot_create_volume_permission":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindSnapshotPermission, &graph.SnapshotPermission{
				Snapshot: a.value("snapshot_id"), AccountID: a.value("account_id"),
			}
		}
	case "aws_launch_template", "aws_launch_configuration":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindLaunchTemplate, &graph.LaunchTemplate{Name: a.value("name"), Image: a.value("image_id")}
		}
	case "aws_autoscaling_group":
		return readAutoScalingGroup
	case "aws_ssm_parameter":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindSSMParameter, &graph.SSMParameter{
				Name: a.value("name"), Value: firstPresent(a.value("value"), a.value("insecure_value")),
				DataType: a.value("data_type"),
			}
		}
	case "aws_ec2_allowed_images_settings":
		return readAllowedImages
	}
	return nil
}

// readEncryptionByDefault: enabled defaults to true when the resource exists.
func readEncryptionByDefault(a attributes) (graph.Kind, any) {
	enabled := a.truth("enabled")
	if enabled.IsAbsent() {
		enabled = graph.Bool(true)
	}
	return graph.KindEBSEncryptionByDefault, &graph.EBSEncryptionByDefault{Enabled: enabled}
}

func amiReader(resourceType string) reader {
	return func(a attributes) (graph.Kind, any) {
		ami := &graph.AMI{
			Source: a.value("source_ami_id"), SourceRegion: a.value("source_ami_region"),
			Owner: graph.String("self"), RootDevice: a.value("root_device_name"),
			Encrypted: a.truth("encrypted"), KMSKey: a.value("kms_key_id"),
			Public: graph.Bool(false), BlockDevicesUnknown: graph.Absent(),
		}
		if resourceType == "aws_ami_from_instance" {
			ami.BlockDevicesUnknown = graph.UnknownValue(&graph.Unknown{
				Reason: "the volumes of the instance that the AMI is made from are not known",
				Settle: "images: {AMI-ID: {owner: ACCOUNT, devices: {DEVICE: {encrypted: …, kms_key: …}}}}",
			})
			return graph.KindAMI, ami
		}
		blocks, more := a.blocks("ebs_block_device")
		ami.BlockDevicesUnknown = more
		for _, block := range blocks {
			ami.BlockDevices = append(ami.BlockDevices, graph.BlockDevice{
				DeviceName: block.value("device_name"), Encrypted: block.truth("encrypted"),
				Snapshot: block.value("snapshot_id"), Self: block.place(),
			})
		}
		return graph.KindAMI, ami
	}
}

func readAutoScalingGroup(a attributes) (graph.Kind, any) {
	group := &graph.AutoScalingGroup{Name: a.value("name"), LaunchTemplate: a.value("launch_configuration")}
	template, ok := a.block("launch_template")
	if !ok {
		if policy, found := a.block("mixed_instances_policy"); found {
			if outer, found := policy.block("launch_template"); found {
				template, ok = outer.block("launch_template_specification")
			}
		}
		if !ok {
			return graph.KindAutoScalingGroup, group
		}
		group.LaunchTemplate = firstPresent(template.value("launch_template_id"), template.value("launch_template_name"))
		return graph.KindAutoScalingGroup, group
	}
	group.LaunchTemplate = firstPresent(template.value("id"), template.value("name"))
	return graph.KindAutoScalingGroup, group
}

func readAllowedImages(a attributes) (graph.Kind, any) {
	settings := &graph.AllowedImages{State: a.value("state"), Providers: graph.Absent()}
	criteria, more := a.blocks("image_criterion")
	var providers []graph.Value
	for _, criterion := range criteria {
		providers = append(providers, criterion.list("image_providers").Items()...)
	}
	settings.Providers = orUnknown(settings.Providers, more)
	if len(criteria) > 0 {
		settings.Providers = graph.List(providers...)
	}
	return graph.KindAllowedImages, settings
}

func firstPresent(values ...graph.Value) graph.Value {
	for _, v := range values {
		if !v.IsAbsent() {
			return v
		}
	}
	return graph.Absent()
}

func terraformOrganization(resourceType string) reader {
	switch resourceType {
	case "aws_account_region":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindAccountRegion, &graph.AccountRegion{
				RegionName: a.value("region_name"), Enabled: a.truth("enabled"), AccountID: a.value("account_id"),
			}
		}
	case "aws_organizations_policy":
		return func(a attributes) (graph.Kind, any) {
			kind := a.value("type")
			if kind.IsAbsent() {
				kind = graph.String("SERVICE_CONTROL_POLICY")
			}
			return graph.KindOrganizationsPolicy, &graph.OrganizationsPolicy{Type: kind, Content: a.document("content")}
		}
	case "aws_organizations_policy_attachment":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindOrganizationsAttachment, &graph.OrganizationsAttachment{
				Policy: a.value("policy_id"), Target: a.value("target_id"),
			}
		}
	}
	return nil
}
