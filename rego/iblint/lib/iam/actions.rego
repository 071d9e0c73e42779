package iblint.lib.iam

# METADATA
# description: The actions on a key without which a distribution fails.
# related_resources:
#   - https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html
required := {
	"kms:Decrypt",
	"kms:GenerateDataKeyWithoutPlaintext",
	"kms:DescribeKey",
	"kms:CreateGrant",
	"kms:ReEncryptFrom",
	"kms:ReEncryptTo",
}

# METADATA
# description: The actions that AWS documents for those who distribute an image.
distribution := required | {"kms:Encrypt"}

# METADATA
# description: The actions that AWS documents for those who launch a shared image.
# related_resources:
#   - https://docs.aws.amazon.com/ebs/latest/userguide/share-kms-key.html
launch := required | {"kms:GenerateDataKey"}

# METADATA
# description: The operations that a grant for Auto Scaling must have.
# related_resources:
#   - https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
auto_scaling_operations := {
	"CreateGrant",
	"Decrypt",
	"DescribeKey",
	"Encrypt",
	"GenerateDataKey",
	"GenerateDataKeyWithoutPlaintext",
	"ReEncryptFrom",
	"ReEncryptTo",
}

# METADATA
# description: Every action of KMS, in lower case.
# related_resources:
#   - https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
kms_actions := {
	"kms:cancelkeydeletion",
	"kms:connectcustomkeystore",
	"kms:createalias",
	"kms:createcustomkeystore",
	"kms:creategrant",
	"kms:createkey",
	"kms:decrypt",
	"kms:deletealias",
	"kms:deletecustomkeystore",
	"kms:deleteimportedkeymaterial",
	"kms:derivesharedsecret",
	"kms:describecustomkeystores",
	"kms:describekey",
	"kms:disablekey",
	"kms:disablekeyrotation",
	"kms:disconnectcustomkeystore",
	"kms:enablekey",
	"kms:enablekeyrotation",
	"kms:encrypt",
	"kms:generatedatakey",
	"kms:generatedatakeypair",
	"kms:generatedatakeypairwithoutplaintext",
	"kms:generatedatakeywithoutplaintext",
	"kms:generatemac",
	"kms:generaterandom",
	"kms:getkeypolicy",
	"kms:getkeyrotationstatus",
	"kms:getparametersforimport",
	"kms:getpublickey",
	"kms:importkeymaterial",
	"kms:listaliases",
	"kms:listgrants",
	"kms:listkeypolicies",
	"kms:listkeyrotations",
	"kms:listkeys",
	"kms:listresourcetags",
	"kms:listretirablegrants",
	"kms:putkeypolicy",
	"kms:reencryptfrom",
	"kms:reencryptto",
	"kms:replicatekey",
	"kms:retiregrant",
	"kms:revokegrant",
	"kms:rotatekeyondemand",
	"kms:schedulekeydeletion",
	"kms:sign",
	"kms:synchronizemultiregionkey",
	"kms:tagresource",
	"kms:untagresource",
	"kms:updatealias",
	"kms:updatecustomkeystore",
	"kms:updatekeydescription",
	"kms:updateprimaryregion",
	"kms:verify",
	"kms:verifymac",
}
