import { isControlPlanePolicy } from '../styles.ts';
import { exportKyverno } from './kyverno.ts';
import { noOverrides, sortOut } from './left-out.ts';
import { terraformGuardrails } from './terraform-guardrails.ts';
import type { ExportFormat } from './types.ts';
import { verifiedPermissions } from './verified-permissions.ts';

/** Policies of Kyverno and of the API server as they are, with overrides as PolicyExceptions that end by themselves. */
export const kyvernoFormat: ExportFormat = {
  name: 'kyverno',
  summary: 'policies of Kyverno and of the API server, for `kubectl apply`',
  make: ({ repository }) => exportKyverno(repository, repository.overrides),
};

export const terraformFormat: ExportFormat = {
  name: 'terraform',
  summary: 'guardrails of the clouds as Terraform, for their control planes',
  make({ repository }) {
    const { carried, left_out } = sortOut(repository.policies, (policy) =>
      isControlPlanePolicy(policy)
        ? undefined
        : `its rules are of style ${policy.style}, which no control plane of a cloud reads`,
    );
    return {
      files: terraformGuardrails(repository),
      policies: carried.map(({ id }) => id),
      left_out,
      overrides: noOverrides(repository.overrides, 'no control plane ends an exception at its sunset'),
    };
  },
};

export const verifiedPermissionsFormat: ExportFormat = {
  name: 'verified-permissions',
  summary: 'Cedar policy sets as policy stores of Amazon Verified Permissions, in Terraform',
  make({ repository }) {
    const { carried, left_out } = sortOut(repository.policies, (policy) => {
      if (policy.style !== 'cedar')
        return `its rules are of style ${policy.style}, and a policy store holds Cedar`;
      return policy.layers.runtime === undefined ? 'it does not claim the layer runtime' : undefined;
    });
    return {
      files: verifiedPermissions(repository),
      policies: carried.map(({ id }) => id),
      left_out,
      overrides: noOverrides(repository.overrides, 'a policy store cannot end one at its sunset'),
    };
  },
};
