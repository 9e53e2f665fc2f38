// Original file: picture.proto

import type { PictureMetadata as _PictureMetadata, PictureMetadata__Output as _PictureMetadata__Output } from './PictureMetadata.ts';

/**
 * A page of pictures.
 */
export interface ListResponse {
  /**
   * By name.
   */
  'pictures'?: ({[key: string]: _PictureMetadata});
  /**
   * Added: whether pictures follow after the last name of this page.
   */
  'more'?: (boolean);
  /**
   * Added: how many pictures the node holds in all.
   */
  'total'?: (number);
}

/**
 * A page of pictures.
 */
export interface ListResponse__Output {
  /**
   * By name.
   */
  'pictures': ({[key: string]: _PictureMetadata__Output});
  /**
   * Added: whether pictures follow after the last name of this page.
   */
  'more': (boolean);
  /**
   * Added: how many pictures the node holds in all.
   */
  'total': (number);
}
