// Original file: admin.proto

import type { Member as _admin_Member, Member__Output as _admin_Member__Output } from '../admin/Member.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * The configuration after a change, committed.
 */
export interface MembershipReply {
  /**
   * Index of the change in the log.
   */
  'index'?: (number | string | Long);
  /**
   * The members, by id.
   */
  'members'?: (_admin_Member)[];
}

/**
 * The configuration after a change, committed.
 */
export interface MembershipReply__Output {
  /**
   * Index of the change in the log.
   */
  'index': (number);
  /**
   * The members, by id.
   */
  'members': (_admin_Member__Output)[];
}
