module "distribution_role" {
  source = "./modules/distribution-role"

  providers = {
    aws = aws.production
  }

  source_account = local.build_account
  key_arns       = [aws_kms_key.ami.arn]
}
